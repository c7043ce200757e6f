import fc, { type Arbitrary } from 'fast-check';
import type { Schema } from './open-api.js';
import { ODD_NAMES, oddJson } from './hostile-values.js';

/** Few addresses, so that requests meet one another's users. */
export const email: Arbitrary<string> = fc.integer({ min: 0, max: 39 }).map((n) => `u${n}@fuzz.example.org`);

const profileName = fc.constantFrom('languages', 'address', 'age', 'tags', 'größe', 'a b', 'x-1', '名前');

/** A JSON text that the schema allows. */
export function valid(schema: Schema): Arbitrary<string> {
  if (schema.enum) return fc.constantFrom(...schema.enum).map((value) => JSON.stringify(value));
  switch (schema.type) {
    case 'object':
      return members(schema, valid).map(objectText);
    case 'array':
      return fc.array(valid(schema.items ?? {}), { maxLength: 4 }).map((items) => `[${items.join(',')}]`);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 2 ** 31 - 1 }).map(String);
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    case 'boolean':
      return fc.boolean().map(String);
    case 'string':
      return text(schema).map((value) => JSON.stringify(value));
    default:
      return fc.json({ maxDepth: 3 });
  }
}

/** What the schema allows, but for one or two members: another type, an odd name, something missing. */
export function nearValid(schema: Schema): Arbitrary<string> {
  if (schema.type !== 'object') return oddJson;
  const spoilt = (member: Schema) => fc.oneof(valid(member), valid(member), oddJson);
  return fc
    .tuple(members(schema, spoilt), fc.option(fc.tuple(fc.constantFrom(...ODD_NAMES), oddJson)))
    .map(([own, extra]) => objectText(extra ? [...own, extra] : own));
}

type Member = readonly [name: string, json: string];

function members(schema: Schema, of: (member: Schema) => Arbitrary<string>): Arbitrary<Member[]> {
  const required = schema.required ?? [];
  const own = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const value = of(member).map((json): Member => [name, json]);
    return required.includes(name) ? value : fc.option(value, { nil: undefined, freq: 3 });
  });
  const further = schema.additionalProperties
    ? fc.array(fc.tuple(profileName, fc.json({ maxDepth: 3 })), { maxLength: 3 })
    : fc.constant([]);
  return fc
    .tuple(fc.tuple(...own), further)
    .map(([some, more]) => [...some.filter((one) => one !== undefined), ...more]);
}

function text({ format, minLength = 0, maxLength = 40 }: Schema): Arbitrary<string> {
  if (format === 'email') return email;
  return fc.string({ unit: 'grapheme-composite', minLength, maxLength: Math.min(maxLength, 40) });
}

function objectText(own: readonly Member[]): string {
  return `{${own.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
}
