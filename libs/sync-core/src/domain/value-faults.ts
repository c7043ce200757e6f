import type { Json, JsonObject } from './json.js';
import { DRIVER_TYPE_NAME, meaningOf } from './typed-value.js';

/** What is wrong with one member of a JSON value. */
export interface ValueFault {
  /** JSON pointer (RFC 6901) to it. */
  readonly field: string;
  readonly message: string;
}

/** Rules beside those of the JSON form itself; each says what is wrong, or nothing. */
export interface ValueRules {
  readonly name?: (name: string) => string | undefined;
  readonly text?: (value: string) => string | undefined;
  readonly number?: (value: number) => string | undefined;
}

/** What keeps a value from being stored as the BSON that its JSON form says; as it is found, top down. Pure. */
export function* faultsOfValue(value: Json, pointer = '', rules: ValueRules = {}): Generator<ValueFault> {
  if (typeof value === 'string') yield* faultAt(pointer, rules.text?.(value));
  else if (typeof value === 'number') yield* faultAt(pointer, rules.number?.(value));
  else if (Array.isArray(value)) {
    for (const [index, item] of (value as readonly Json[]).entries()) {
      yield* faultsOfValue(item, `${pointer}/${index}`, rules);
    }
  } else if (typeof value === 'object' && value !== null) {
    yield* faultsOfObject(value as JsonObject, pointer, rules);
  }
}

/** One step of a JSON pointer. */
export function pointerStep(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function* faultsOfObject(object: JsonObject, pointer: string, rules: ValueRules): Generator<ValueFault> {
  const meaning = meaningOf(object);
  if (meaning.kind === 'fault') yield { field: pointer, message: meaning.message };
  if (meaning.kind === 'value') yield* faultsOfWrapped(object, pointer, rules);
  if (meaning.kind !== 'document') return;
  const inside = meaning.members === object.$document ? `${pointer}/$document` : pointer;
  for (const [name, member] of Object.entries(meaning.members)) {
    const at = `${inside}${pointerStep(name)}`;
    yield* faultAt(at, faultOfAnyName(name) ?? rules.name?.(name));
    yield* faultsOfValue(member, at, rules);
  }
}

function* faultsOfWrapped(object: JsonObject, pointer: string, rules: ValueRules): Generator<ValueFault> {
  const { $code, $symbol, $regularExpression, $scope } = object;
  const { pattern = null } = ($regularExpression ?? {}) as JsonObject;
  for (const text of [$code, $symbol, pattern]) {
    if (typeof text === 'string') yield* faultAt(pointer, rules.text?.(text));
  }
  if ($scope !== undefined) yield* faultsOfValue($scope, `${pointer}/$scope`, rules);
}

/** Of a name at any level. */
export function faultOfAnyName(name: string): string | undefined {
  if (name === DRIVER_TYPE_NAME) return 'this name is reserved by the drivers of MongoDB';
  return name.includes('\0') ? 'a name must not hold NUL' : undefined;
}

function* faultAt(field: string, message: string | undefined): Generator<ValueFault> {
  if (message !== undefined) yield { field, message };
}
