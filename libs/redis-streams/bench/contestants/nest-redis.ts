import { Logger } from '@nestjs/common';
import { ClientRedis, ServerRedis } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import type { Contestant, Opened, Payload, Place } from './contestant.js';
import { effectsAt } from './effects.js';

const PATTERN = 'bench.happened';

/** Its server and client, without controllers, guards and pipes around them. */
export const NEST_REDIS: Contestant = {
  name: "Nest's Redis transport",
  guarantee: 'none: pub/sub, at most once',
  keeps: false,
  open: (place) => Promise.resolve(openTransport(place)),
};

function openTransport(place: Place): Opened {
  Logger.overrideLogger(false);
  const { host, port } = place;
  const client = new ClientRedis({ host, port });
  const server = new ServerRedis({ host, port });
  const effects = effectsAt(place);
  let listening = false;
  const publish = (payload: Payload) =>
    firstValueFrom(client.emit(PATTERN, payload), { defaultValue: undefined });
  return {
    publish,
    publishMany: (payloads) => Promise.all(payloads.map(publish)),
    consume: async (handler) => {
      listening = true;
      server.addHandler(PATTERN, (payload: Payload) => handler(payload, effects.run), true);
      await new Promise<void>((resolve, reject) => {
        void server.listen((error?: unknown) => {
          if (error) reject(new Error('the transport did not start', { cause: error }));
          else resolve();
        });
      });
      // `listen` does not wait until the subscription stands.
      await server.unwrap<[unknown, { ping(): Promise<unknown> }]>()[1].ping();
    },
    close: async () => {
      if (listening) await server.close();
      await client.close();
      effects.close();
    },
  };
}
