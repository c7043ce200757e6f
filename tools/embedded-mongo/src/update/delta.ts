import { encodedSize } from '../bson/index.js';
import { asDocument, fieldOf, identical, setField, type Document } from '../values/index.js';

/** What stands around a delta in an entry of mongod's log. */
const METADATA_BYTES = 15;

/**
 * True if mongod logs a pipeline's update as the changed fields, false if it logs the whole new document because
 * that is no larger: change streams tell of it as of a replacement then.
 */
export function isToldAsDelta(before: Document, after: Document): boolean {
  return encodedSize(deltaOf(before, after)) + METADATA_BYTES <= encodedSize(after);
}

/** `{d: removed, u: changed, i: added, s<field>: delta of the document there}`, each where there is any. */
function deltaOf(before: Document, after: Document): Document {
  const removed: Document = {};
  const changed: Document = {};
  const added: Document = {};
  const nested: Document = {};
  for (const name of Object.keys(before)) {
    if (fieldOf(after, name) === undefined) setField(removed, name, false);
  }
  for (const [name, value] of Object.entries(after)) {
    const old = fieldOf(before, name);
    if (old === undefined) setField(added, name, value);
    else if (!identical(old, value)) {
      const delta = nestedDelta(old, value);
      if (delta) setField(nested, `s${name}`, delta);
      else setField(changed, name, value);
    }
  }
  return { ...section('d', removed), ...section('u', changed), ...section('i', added), ...nested };
}

const section = (name: string, fields: Document): Document =>
  Object.keys(fields).length > 0 ? { [name]: fields } : {};

/** Undefined where the value as a whole says it shorter. */
function nestedDelta(before: unknown, after: unknown): Document | undefined {
  const delta =
    Array.isArray(before) && Array.isArray(after) ? arrayDelta(before, after) : fieldsDelta(before, after);
  return delta && encodedSize(delta) < encodedSize({ value: after }) ? delta : undefined;
}

function fieldsDelta(before: unknown, after: unknown): Document | undefined {
  const [pre, post] = [asDocument(before), asDocument(after)];
  return pre && post && deltaOf(pre, post);
}

function arrayDelta(before: readonly unknown[], after: readonly unknown[]): Document {
  const delta: Document = { a: true };
  if (after.length < before.length) delta.l = after.length;
  for (const [i, value] of after.entries()) {
    if (i < before.length && identical(before[i], value)) continue;
    const nested = nestedDelta(before[i], value);
    setField(delta, `${nested ? 's' : 'u'}${i}`, nested ?? value);
  }
  return delta;
}
