import type { DtoClass } from '../request-dto.js';
import { Field, type FieldOptions } from './field.js';

interface ListFieldOptions extends FieldOptions {
  /** Default 1. */
  readonly min?: number;
  readonly max: number;
  /** What the items are called, e.g. `events`. */
  readonly items: string;
}

/**
 * A list of objects that a class describes. Without a class the items are handed on as they were sent, for an endpoint
 * that reads them one by one with `readDto`; the class is then for the OpenAPI document: `described`.
 */
export function ListField(
  dto: (() => DtoClass) | { readonly described: () => DtoClass },
  { min = 1, max, items, ...field }: ListFieldOptions,
): PropertyDecorator {
  const [described, nested] =
    typeof dto === 'function' ? [dto, { dto, maxItems: max }] : [dto.described, undefined];
  return Field({
    ...field,
    // Swagger knows a lazy type by the name of this function.
    schema: { type: () => described(), isArray: true, minItems: min, maxItems: max },
    ...(nested ? { nested } : {}),
    check: (value) =>
      Array.isArray(value) && value.length >= min && value.length <= max
        ? undefined
        : `must be a list of ${min} to ${max} ${items}`,
  });
}
