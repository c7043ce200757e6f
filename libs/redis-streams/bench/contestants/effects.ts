import type { Redis } from 'ioredis';
import { connect } from '../../src/connections.js';
import type { Effect, Place } from './contestant.js';

export interface Effects {
  readonly run: Effect;
  close(): void;
}

/** Effects over a connection of their own, the same for every contestant: done when Redis has answered. */
export function effectsAt({ url }: Pick<Place, 'url'>): Effects {
  const client: Redis = connect({ url, profile: 'commands', name: 'bench-effects' });
  return {
    run: (command, key, ...args) =>
      command === 'INCR' ? client.incr(key) : client.hincrby(key, String(args[0]), Number(args[1])),
    close: () => client.disconnect(),
  };
}
