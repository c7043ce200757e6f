import type { DeadLetter } from './dead-letter.js';
import { redactFields } from './redact.js';

type LetterRow = [id: string, fields: string[]];

/** Strings of a letter's own, before those of the original; see lua/dead-letter.lua. */
const META = 14;
/** Last pair of a letter with blanked parts; see lua/replay.lua. */
const REDACTED_MARK = '__redacted';

/** The letter's own seven pairs come first, in a fixed order; see lua/dead-letter.lua. */
export function toLetter([letterId, fields]: LetterRow, secrets: readonly string[]): DeadLetter {
  const [, originalId, , stream, , group, , error, , attempts, , firstFailedAt, , lastFailedAt, ...original] =
    fields;
  const redacted = original.at(-2) === REDACTED_MARK ? original.at(-1) : undefined;
  return {
    letterId,
    stream: stream ?? '',
    group: group ?? '',
    originalId: originalId ?? '',
    error: error ?? '',
    attempts: Number(attempts),
    firstFailedAt: Number(firstFailedAt),
    lastFailedAt: Number(lastFailedAt),
    fields: redactFields(redacted === undefined ? original : original.slice(0, -2), secrets),
    ...(redacted === undefined ? {} : { redacted }),
  };
}

/** The fields of a letter with those of the original that have such names blanked, marked with who did it. */
export function blank([, fields]: LetterRow, names: readonly string[], by: string): readonly string[] {
  const [own, original] = [fields.slice(0, META), fields.slice(META)];
  const blanked = original.flatMap((_, index) =>
    index % 2 === 0 ? Object.entries(redactFields(original.slice(index, index + 2), names)).flat() : [],
  );
  const mark = blanked.at(-2) === REDACTED_MARK ? [] : [REDACTED_MARK, by];
  return [...own, ...blanked, ...mark];
}
