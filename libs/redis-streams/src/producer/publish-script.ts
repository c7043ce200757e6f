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
  /** `refused`: nothing of the call was added; `entryId` is that of the first time, or ''. */
  readonly outcome: 'added' | 'known' | 'refused';
  readonly entryId: string;
}

const OUTCOMES = new Map<number, PublishReply['outcome']>([
  [1, 'added'],
  [0, 'known'],
]);

export interface IdWindow {
  readonly windowMs: number;
  readonly maxIds: number;
}

const publishScript = defineScript<readonly PublishReply[]>({
  name: 'messaging.publish',
  file: new URL('../lua/publish.lua', import.meta.url),
  decode: (raw) =>
    (raw as [number, string][]).map(([code, entryId]) => ({
      outcome: OUTCOMES.get(code) ?? 'refused',
      entryId,
    })),
});

/**
 * All in one atomic step, whatever their streams. Replies in the order of `calls`. With `allNewOrAllKnown` nothing is
 * added when some ids are known and others are not.
 */
export function publishAtomically(
  client: Redis,
  calls: readonly PublishCall[],
  { windowMs, maxIds, allNewOrAllKnown = false }: IdWindow & { readonly allNewOrAllKnown?: boolean },
): Promise<readonly PublishReply[]> {
  const keys: string[] = [];
  const numbers = new Map<string, number>();
  const args: ScriptArgument[] = [windowMs, maxIds, allNewOrAllKnown ? 1 : 0];
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
