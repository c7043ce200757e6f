import type { Redis } from 'ioredis';
import { defineScript, type ScriptArgument } from '../lua-script.js';

/** One event on its way into one stream. */
export interface PublishCall {
  readonly streamKey: string;
  readonly idKeys: readonly [string, string];
  /** 0: no trimming here. */
  readonly maxLength: number;
  readonly eventId: string;
  readonly json: string;
}

export interface PublishReply {
  readonly added: boolean;
  readonly entryId: string;
}

export interface IdWindow {
  readonly windowMs: number;
  readonly maxIds: number;
}

const publishScript = defineScript<readonly PublishReply[]>({
  name: 'messaging.publish',
  file: new URL('../lua/publish.lua', import.meta.url),
  decode: (raw) => (raw as [number, string][]).map(([added, entryId]) => ({ added: added === 1, entryId })),
});

/** All in one atomic step, whatever their streams. Replies in the order of `calls`. */
export function publishAtomically(
  client: Redis,
  calls: readonly PublishCall[],
  window: IdWindow,
): Promise<readonly PublishReply[]> {
  const keys: string[] = [];
  const numbers = new Map<string, number>();
  const args: ScriptArgument[] = [window.windowMs, window.maxIds];
  for (const { streamKey, idKeys, maxLength, eventId, json } of calls) {
    let number = numbers.get(streamKey);
    if (number === undefined) {
      keys.push(streamKey, ...idKeys);
      numbers.set(streamKey, (number = keys.length / 3));
    }
    args.push(number, maxLength, eventId, json);
  }
  return publishScript.run(client, keys, args);
}
