import { ApiProperty, type OpenAPIObject } from '@nestjs/swagger';
import { dtoClasses, dtoOptionsOf, fieldsOf } from './request-dto.js';

/** Writes into the descriptions of all request classes what only an instance shows: the defaults of its fields. */
export function describeDefaults(): void {
  for (const Dto of dtoClasses()) {
    const prototype = Dto.prototype as object;
    for (const [name, value] of Object.entries(new Dto())) {
      if (value === undefined || !ownFields(prototype).has(name)) continue;
      ApiProperty({ default: value as unknown, required: false })(prototype, name);
    }
  }
}

/** Completes the schemas of request classes: what they are, and that they have no members but those that are declared. */
export function completeSchemas(document: OpenAPIObject): void {
  for (const Dto of dtoClasses()) {
    const schema = document.components?.schemas?.[Dto.name];
    if (!schema || '$ref' in schema) continue;
    const { description, example } = dtoOptionsOf(Dto) ?? {};
    schema.additionalProperties = [...fieldsOf(Dto.prototype as object).values()].some(({ rest }) => rest);
    if (description !== undefined) schema.description = description;
    if (example !== undefined) schema.example = example;
  }
}

/** Those that the class itself declares: a parent describes its own. */
function ownFields(prototype: object): ReadonlySet<string> {
  const inherited = fieldsOf(Object.getPrototypeOf(prototype) as object);
  return new Set(
    [...fieldsOf(prototype)].filter(([name, field]) => inherited.get(name) !== field).map(([name]) => name),
  );
}
