import type { Redis } from 'ioredis';
import { defineScript } from './lua-script.js';

const reapScript = defineScript<readonly string[]>({
  name: 'streams.reap-consumers',
  file: new URL('./lua/reap-consumers.lua', import.meta.url),
  numberOfKeys: 1,
});

export interface ReapOptions {
  readonly stream: string;
  readonly group: string;
  /** Names that haven't asked for entries for this long; far above `blockMs`, or live ones go too. */
  readonly idleMs: number;
}

/**
 * Removes the names that dead processes leave in a group for ever. Never one with pending entries: those
 * would be dropped; a consumer's recovery has to take them over first. A live consumer that was idle just
 * comes back with its next read. Returns the names removed.
 */
export function reapConsumers(client: Redis, options: ReapOptions): Promise<readonly string[]> {
  return reapScript.run(client, [options.stream], [options.group, options.idleMs]);
}
