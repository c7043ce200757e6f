import { Field, type FieldOptions } from './field.js';

/** A lone surrogate is no character; a control character other than white space is no text. */
const UNPRINTABLE = /[\p{Surrogate}\p{Cc}]/u;
const LAYOUT = /[\t\n\r]/g;

interface TextFieldOptions extends FieldOptions {
  /** In characters, not UTF-16 units. Default 1. */
  readonly min?: number;
  readonly max: number;
  /** May hold line breaks and tabs. */
  readonly prose?: boolean;
  /** Is the text wanted as it was sent, with white space around it. Texts that are no part of a body always are. */
  readonly untrimmed?: boolean;
  readonly format?: string;
}

/** A text for people: trimmed, bounded, without control characters. */
export function TextField(options: TextFieldOptions): PropertyDecorator {
  const { min = 1, max, prose = false, untrimmed = false, format, ...field } = options;
  return Field({
    ...field,
    schema: { type: 'string', minLength: min, maxLength: max, ...(format === undefined ? {} : { format }) },
    ...(untrimmed ? {} : { convertBody: trimmed }),
    check: (value) => {
      if (typeof value !== 'string' || !hasLength(value, min, max)) {
        return `must be a text of ${min} to ${max} characters`;
      }
      const text = prose ? value.replace(LAYOUT, '') : value;
      return UNPRINTABLE.test(text) ? 'must not hold control characters' : undefined;
    },
  });
}

const trimmed = (value: unknown) => (typeof value === 'string' ? value.trim() : value);

/** Counts no further than it needs to. */
function hasLength(text: string, min: number, max: number): boolean {
  const length = [...text.slice(0, 2 * max + 1)].length;
  return length >= min && length <= max;
}
