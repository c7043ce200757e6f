import { isJsonObject, type Json, type JsonObject } from './json.js';
import { faultOfWrapper, isWrapperName, type WrapperName } from './typed-wrappers.js';

/*
 * Values that JSON has no word for travel as canonical Extended JSON wrappers, such as `{"$oid": "…"}`. A document of
 * the user's that has a name beginning with `$` is wrapped in `{"$document": {…}}`, so that reading never guesses.
 */

/** The wrapper of a document whose own names begin with `$`. */
export const DOCUMENT = '$document';

/** The name by which MongoDB's driver recognises its own classes: written, it would be interpreted. */
export const DRIVER_TYPE_NAME = '_bsontype';

/**
 * What a JSON object stands for:
 * - `document`: a document with these members; of a reference (`$ref`, `$id`, `$db`) those three come first;
 * - `value`: one value that is no document, by the name of its wrapper;
 * - `fault`: nothing, for this reason.
 */
export type ObjectMeaning =
  | { readonly kind: 'document'; readonly members: JsonObject }
  | { readonly kind: 'value'; readonly wrapper: WrapperName }
  | { readonly kind: 'fault'; readonly message: string };

export function meaningOf(object: JsonObject): ObjectMeaning {
  const names = Object.keys(object);
  const special = names.filter((name) => name.startsWith('$'));
  if (special.length === 0) return { kind: 'document', members: object };
  if (isReference(object)) return { kind: 'document', members: ordered(object) };
  const wrapper = special[0] === '$scope' ? '$code' : special[0];
  if (wrapper === DOCUMENT && names.length === 1) {
    const members = object[DOCUMENT];
    if (isJsonObject(members)) return { kind: 'document', members };
    return { kind: 'fault', message: `${DOCUMENT} must hold an object` };
  }
  if (!isWrapperName(wrapper))
    return { kind: 'fault', message: `${String(special[0]).slice(0, 40)} ${NO_WRAPPER}` };
  const message = faultOfWrapper(wrapper, object);
  return message === undefined ? { kind: 'value', wrapper } : { kind: 'fault', message };
}

/**
 * Whether a document with these members has to be wrapped in {@link DOCUMENT}. A member's value is only looked at to
 * tell a reference, and may be of any type.
 */
export function needsEscape(document: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(document).some((name) => name.startsWith('$')) && !isReference(document);
}

/**
 * Whether a number is written without a wrapper. A whole number that neither a double nor a reader of JSON is sure to
 * keep is not, unless JSON writes it with an exponent: then it is a double to everybody.
 */
export function isPlainNumber(value: number): boolean {
  if (!Number.isFinite(value) || Object.is(value, -0)) return false;
  return !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= EXPONENT_FROM;
}

const EXPONENT_FROM = 1e21;

const NO_WRAPPER = `is no type; wrap the object in {"${DOCUMENT}": …} to store it as it is`;
const REFERENCE_NAMES = ['$ref', '$id', '$db'];

/** A reference to a document of another collection (DBRef), as MongoDB's drivers recognise it. */
function isReference(document: Readonly<Record<string, unknown>>): boolean {
  const special = Object.keys(document).filter((name) => name.startsWith('$'));
  return (
    typeof document.$ref === 'string' &&
    document.$id !== undefined &&
    document.$id !== null &&
    (!special.includes('$db') || typeof document.$db === 'string') &&
    special.every((name) => REFERENCE_NAMES.includes(name))
  );
}

/** Drivers expect the members of a reference in this order, and JSON texts have theirs sorted. */
function ordered(reference: JsonObject): JsonObject {
  const first = REFERENCE_NAMES.filter((name) => name in reference);
  const rest = Object.keys(reference).filter((name) => !REFERENCE_NAMES.includes(name));
  return Object.fromEntries(
    [...first, ...rest].map((name): [string, Json] => [name, reference[name] ?? null]),
  );
}
