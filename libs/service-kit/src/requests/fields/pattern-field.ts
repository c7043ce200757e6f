import { Field, type FieldOptions } from './field.js';

interface PatternFieldOptions extends FieldOptions {
  /** Anchored at both ends. */
  readonly pattern: RegExp;
  /** What it must be, e.g. `must have 24 hexadecimal digits`. */
  readonly message: string;
  readonly lowerCase?: boolean;
}

/** A text for programs, such as an id. */
export function PatternField({
  pattern,
  message,
  lowerCase,
  ...field
}: PatternFieldOptions): PropertyDecorator {
  return Field({
    ...field,
    schema: { type: 'string', pattern: pattern.source },
    ...(lowerCase ? { convert: (value) => (typeof value === 'string' ? value.toLowerCase() : value) } : {}),
    check: (value) => (typeof value === 'string' && pattern.test(value) ? undefined : message),
  });
}
