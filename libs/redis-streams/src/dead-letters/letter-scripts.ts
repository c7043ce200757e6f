import { defineScript } from '../lua-script.js';
import type { ReplayOutcome } from './dead-letter.js';

export const replayScript = defineScript<ReplayOutcome>({
  name: 'streams.replay',
  file: new URL('../lua/replay.lua', import.meta.url),
  decode: (raw) => {
    const [kind, entryId] = raw as [ReplayOutcome['kind'], string];
    return kind === 'replayed' ? { kind, entryId } : { kind };
  },
});

export const discardScript = defineScript<number>({
  name: 'streams.discard-letter',
  file: new URL('../lua/discard-letter.lua', import.meta.url),
  numberOfKeys: 2,
});

export const redactScript = defineScript<string>({
  name: 'streams.redact-letter',
  file: new URL('../lua/redact-letter.lua', import.meta.url),
  numberOfKeys: 2,
});

export const cleanScript = defineScript<number>({
  name: 'streams.clean-letters',
  file: new URL('../lua/clean-letters.lua', import.meta.url),
  numberOfKeys: 2,
});
