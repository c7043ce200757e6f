import { Field, type FieldOptions } from './field.js';

/** One of a few texts. A function gives those that are known only when the service runs; they are not documented. */
export function EnumField(
  choices: readonly string[] | (() => readonly string[]),
  field: FieldOptions = {},
): PropertyDecorator {
  const allowed = typeof choices === 'function' ? choices : () => choices;
  return Field({
    ...field,
    schema: typeof choices === 'function' ? { type: 'string' } : { type: 'string', enum: [...choices] },
    check: (value) => {
      const texts = allowed();
      if (texts.includes(value as string)) return undefined;
      return texts.length === 1 ? `must be ${texts[0]}` : `must be one of ${texts.join(', ')}`;
    },
  });
}
