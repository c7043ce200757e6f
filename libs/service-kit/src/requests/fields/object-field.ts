import { isJsonObject } from '../json-object.js';
import type { DtoClass } from '../request-dto.js';
import { Field, type FieldOptions } from './field.js';

interface FreeObjectFieldOptions extends FieldOptions {
  /** As JSON in UTF-8. */
  readonly maxBytes: number;
}

const MUST_BE_OBJECT = 'must be a JSON object';

/** Any JSON object, up to a size. It is handed on as it was sent, and not looked into. */
export function FreeObjectField({ maxBytes, ...field }: FreeObjectFieldOptions): PropertyDecorator {
  return Field({
    ...field,
    schema: { type: 'object', additionalProperties: true },
    check: (value) => {
      if (!isJsonObject(value)) return MUST_BE_OBJECT;
      const fits = Buffer.byteLength(JSON.stringify(value)) <= maxBytes;
      return fits ? undefined : `must have at most ${maxBytes} bytes as JSON`;
    },
  });
}

/** An object that a class of its own describes. */
export function ObjectField(dto: () => DtoClass, field: FieldOptions = {}): PropertyDecorator {
  return Field({
    ...field,
    schema: { type: () => dto() }, // Swagger knows a lazy type by the name of this function
    nested: { dto },
    check: (value) => (isJsonObject(value) ? undefined : MUST_BE_OBJECT),
  });
}
