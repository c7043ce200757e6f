import { Field, type FieldOptions } from './field.js';

/** True or false. In a body it is a boolean, elsewhere one of these words. */
export function FlagField(field: FieldOptions = {}): PropertyDecorator {
  return Field({
    ...field,
    schema: { type: 'boolean' },
    convertText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
    check: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  });
}
