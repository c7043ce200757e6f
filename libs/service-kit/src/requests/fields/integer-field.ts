import { Field, type FieldOptions } from './field.js';

interface IntegerFieldOptions extends FieldOptions {
  readonly min: number;
  readonly max: number;
  readonly format?: 'int32' | 'int64';
}

/** A whole number in a range, both ends included. In a body it is a number, elsewhere digits. */
export function IntegerField({ min, max, format, ...field }: IntegerFieldOptions): PropertyDecorator {
  return Field({
    ...field,
    schema: { type: 'integer', minimum: min, maximum: max, ...(format ? { format } : {}) },
    convertText: (text) => (typeof text === 'string' && /^-?\d{1,16}$/.test(text) ? Number(text) : text),
    check: (value) =>
      Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
        ? undefined
        : `must be a whole number from ${min} to ${max}`,
  });
}
