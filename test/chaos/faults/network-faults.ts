import type { TcpProxy } from '@redis-mongo-sync/testing';
import { LINKS } from '../world/links.js';
import type { Fault } from './fault.js';

type Effect = (link: TcpProxy, draw: number) => void;

/** Each breaks one client's way to one store (or the gateway's to the user-service), and lets it be again. */
export const NETWORK_FAULTS: readonly Fault[] = [
  network('net-latency', [1_000, 5_000], (link, draw) => link.latency(20 + draw * 300)),
  network('net-black-hole', [500, 8_000], (link) => link.blackHole()),
  network('net-refuse', [500, 4_000], (link) => link.refuse()),
  network('net-cut-reply', [500, 1_500], (link) => link.cutReply()),
  network('net-trickle', [1_000, 4_000], (link, draw) => link.trickle(50 + Math.round(draw * 500), 20)),
  network('net-reset', [0, 0], (link) => link.reset()),
  network('net-half-open', [0, 500], (link) => link.halfOpen()),
];

function network(kind: string, hold: readonly [number, number], effect: Effect): Fault {
  return {
    kind,
    family: 'network',
    hold,
    strike: ({ world, random }) => {
      const link = world.links[random.pick(LINKS)];
      effect(link, random.next());
      return Promise.resolve(() => {
        link.pass();
        return Promise.resolve();
      });
    },
  };
}
