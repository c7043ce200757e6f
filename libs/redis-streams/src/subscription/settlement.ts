import type { Redis } from 'ioredis';
import { defineScript, type ScriptArgument } from '../lua-script.js';

/** A Redis command on one key, run in the step that settles its message. */
export interface Effect {
  readonly command: string;
  readonly key: string;
  readonly args: readonly (string | number)[];
}

export interface Settling {
  readonly entryId: string;
  readonly eventId: string;
  readonly effects: readonly Effect[];
}

/** `gone`: another instance has the message now; it has no effect here. */
export type Settled = 'settled' | 'duplicate' | 'gone' | { readonly error: Error };

/** Where a group's progress is kept: which ids it has handled, and what is settled. */
export interface Settlement {
  /** Those of `eventIds` that the group has handled before. */
  handled(eventIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Atomic per message; answers in the order of `messages`. */
  settle(messages: readonly Settling[]): Promise<readonly Settled[]>;
}

interface RedisSettlementOptions {
  readonly commands: Redis;
  readonly streamKey: string;
  readonly doneKeys: readonly [string, string];
  readonly group: string;
  readonly consumer: string;
  /** 0: handled ids are not remembered. */
  readonly windowMs: number;
}

const MAX_HANDLED_IDS = 200_000;

const settleScript = defineScript<readonly string[]>({
  name: 'messaging.settle',
  file: new URL('../lua/settle.lua', import.meta.url),
});

const handledScript = defineScript<readonly number[]>({
  name: 'messaging.handled-ids',
  file: new URL('../lua/handled-ids.lua', import.meta.url),
  numberOfKeys: 2,
});

export class RedisSettlement implements Settlement {
  constructor(private readonly options: RedisSettlementOptions) {}

  async handled(eventIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { commands, doneKeys, windowMs } = this.options;
    if (windowMs === 0 || eventIds.length === 0) return new Set();
    const positions = await handledScript.run(commands, doneKeys, eventIds);
    return new Set(positions.flatMap((position) => eventIds[position - 1] ?? []));
  }

  async settle(messages: readonly Settling[]): Promise<readonly Settled[]> {
    const { commands, streamKey, doneKeys, group, consumer, windowMs } = this.options;
    const keys = new Map<string, number>();
    const args: ScriptArgument[] = [group, consumer, windowMs, MAX_HANDLED_IDS];
    for (const { entryId, eventId, effects } of messages) {
      args.push(entryId, eventId, effects.length);
      for (const effect of effects) {
        let index = keys.get(effect.key);
        if (index === undefined) keys.set(effect.key, (index = keys.size + 4));
        args.push(effect.command, index, effect.args.length, ...effect.args);
      }
    }
    const replies = await settleScript.run(commands, [streamKey, ...doneKeys, ...keys.keys()], args);
    return replies.map((reply) =>
      reply === 'settled' || reply === 'duplicate' || reply === 'gone' ? reply : { error: new Error(reply) },
    );
  }
}
