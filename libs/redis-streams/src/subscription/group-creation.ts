import type { Redis } from 'ioredis';
import { defineScript } from '../lua-script.js';
import type { ResolvedOptions } from './subscribe-options.js';

const createScript = defineScript<string>({
  name: 'messaging.create-group',
  file: new URL('../lua/create-group.lua', import.meta.url),
  numberOfKeys: 1,
});

/** Makes the group unless it is there. Returns the id after which it reads. */
export function createGroup(
  commands: Redis,
  { streamKey, group }: { readonly streamKey: string; readonly group: string },
  from: ResolvedOptions['from'],
): Promise<string> {
  const start = from === 'beginning' ? '0' : from === 'now' ? '$' : from;
  return createScript.run(commands, [streamKey], [group, start]);
}
