import { nameOf } from '../bson/index.js';
import { commandError, unsupported } from '../errors.js';
import { compileFilter } from '../query/index.js';
import type { Collection } from '../store/collection.js';
import type { IndexSpec } from '../store/index-spec.js';
import {
  asNumeric,
  isDocument,
  parseCollation,
  setField,
  show,
  toDouble,
  valuesEqual,
  type Document,
} from '../values/index.js';
import { optionalNumber } from './fields.js';

const FIELDS = new Set([
  'v',
  'key',
  'name',
  'unique',
  'sparse',
  'hidden',
  'expireAfterSeconds',
  'partialFilterExpression',
  'collation',
]);
/** Accepted and without effect, as in MongoDB itself. */
const IGNORED = new Set(['background', 'ns']);
const REFUSED: Readonly<Record<string, string>> = {
  weights: 'text indexes',
  default_language: 'text indexes',
  language_override: 'text indexes',
  textIndexVersion: 'text indexes',
  '2dsphereIndexVersion': 'geo indexes',
  bits: 'geo indexes',
  min: 'geo indexes',
  max: 'geo indexes',
  wildcardProjection: 'wildcard indexes',
  storageEngine: 'the index option storageEngine',
  clustered: 'clustered indexes',
  prepareUnique: 'the index option prepareUnique',
};
const MAX_TTL_SECONDS = 2_147_483_647;

/** One index of a `createIndexes` command. */
export function parseIndex(raw: Document, collection: Collection): IndexSpec {
  for (const field of Object.keys(raw)) {
    if (REFUSED[field]) throw unsupported(REFUSED[field]);
    if (!FIELDS.has(field) && !IGNORED.has(field)) {
      throw commandError(
        197,
        `The field '${field}' is not valid for an index specification. Specification: ${show(raw)}`,
      );
    }
  }
  const key = parseKey(raw.key);
  const spec: IndexSpec = {
    v: 2,
    key,
    name: typeof raw.name === 'string' ? raw.name : defaultName(key),
  };
  for (const flag of ['unique', 'sparse', 'hidden'] as const) if (isTrue(raw[flag])) spec[flag] = true;
  const seconds = optionalNumber(raw, 'expireAfterSeconds');
  if (seconds !== undefined) spec.expireAfterSeconds = checkedTtl(seconds, key);
  const partial = raw.partialFilterExpression;
  if (isDocument(partial)) {
    compileFilter(partial, { now: new Date() });
    if (spec.sparse) throw commandError(67, 'cannot mix "partialFilterExpression" and "sparse" options');
    spec.partialFilterExpression = partial;
  }
  const collation = raw.collation ?? collection.options.collation;
  const parsed = parseCollation(collation);
  if (parsed) spec.collation = parsed.spec;
  return spec;
}

function parseKey(key: unknown): Record<string, number> {
  if (!isDocument(key) || Object.keys(key).length === 0)
    throw commandError(67, 'Index keys cannot be empty.');
  const directions: Record<string, number> = {};
  for (const [field, direction] of Object.entries(key)) {
    if (typeof direction === 'string') {
      const known = ['text', '2d', '2dsphere', 'hashed'].includes(direction);
      throw known
        ? unsupported(`${direction} indexes`)
        : commandError(67, `Unknown index plugin '${direction}'`);
    }
    if (field.includes('$**')) throw unsupported('wildcard indexes');
    const way = toDouble(asNumeric(direction) ?? 0);
    if (!way || field === '') {
      throw commandError(67, 'Values in v:2 index key pattern cannot be 0, and field names cannot be empty');
    }
    setField(directions, field, way);
  }
  return directions;
}

function checkedTtl(seconds: number, key: Readonly<Record<string, number>>): number {
  if (seconds < 0 || seconds > MAX_TTL_SECONDS) {
    throw commandError(
      67,
      `TTL index 'expireAfterSeconds' option must be within an acceptable range, try a different number than ${seconds}`,
    );
  }
  if (Object.keys(key).length > 1) {
    throw commandError(67, 'TTL indexes are single-field indexes, compound indexes do not support TTL');
  }
  if ('_id' in key)
    throw commandError(197, "The field 'expireAfterSeconds' is not valid for an _id index specification");
  return seconds;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1;
}

function defaultName(key: Readonly<Record<string, number>>): string {
  return Object.entries(key)
    .map(([field, direction]) => `${nameOf(field)}_${direction}`)
    .join('_');
}

/** True when the index exists already. Throws when another one is in its way. */
export function existsAlready(collection: Collection, spec: IndexSpec): boolean {
  const { name, ...definition } = spec;
  if (Object.keys(spec.key).length === 1 && spec.key._id === 1) return true;
  for (const { spec: other } of collection.indexes.values()) {
    const { name: otherName, ...otherDefinition } = other;
    const same = valuesEqual(definition, otherDefinition);
    if (same && name === otherName) return true;
    if (name === otherName && sameReach(spec, other)) {
      throw commandError(
        85,
        `An equivalent index already exists with the same name but different options. Requested index: ${show(spec)}, existing index: ${show(other)}`,
      );
    }
    if (name === otherName) {
      throw commandError(
        86,
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Requested index: ${show(spec)}, existing index: ${show(other)}`,
      );
    }
    if (same) throw commandError(85, `Index already exists with a different name: ${otherName}`);
    if (sameReach(spec, other)) {
      throw commandError(
        85,
        `An equivalent index already exists with a different name and options. Requested index: ${show(spec)}, existing index: ${show(other)}`,
      );
    }
  }
  return false;
}

/** Indexes over the same keys may coexist only if they hold different documents or order strings differently. */
function sameReach(a: IndexSpec, b: IndexSpec): boolean {
  return (
    valuesEqual(Object.entries(a.key), Object.entries(b.key)) &&
    valuesEqual(a.partialFilterExpression ?? null, b.partialFilterExpression ?? null) &&
    valuesEqual(a.collation ?? null, b.collation ?? null) &&
    (a.sparse ?? false) === (b.sparse ?? false) &&
    (a.unique ?? false) === (b.unique ?? false)
  );
}
