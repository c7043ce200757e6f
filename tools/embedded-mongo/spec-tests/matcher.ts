import { BSON } from 'mongodb';
import type { Entities } from './entities.js';
import { asPlainNumber, bsonTypeOf, hexOf, isFields, type Fields } from './fields.js';
import { Mismatch, NotApplicable } from './outcome.js';
import { matchesType } from './type-names.js';

/** Where in a document we are. At the root, fields nobody expects are allowed. */
export interface Place {
  path: string;
  root: boolean;
}

type Operator = (argument: unknown, actual: unknown, place: Place) => void;

/** Compares what came with what a test expects, by the rules of the unified test format. */
export class Matcher {
  private readonly operators: Record<string, Operator> = {
    $$exists: (wanted, actual, { path }) => {
      if ((actual !== undefined) !== wanted) throw new Mismatch(`${path}: exists is not ${String(wanted)}`);
    },
    $$unsetOrMatches: (expected, actual, place) => {
      const isUnset = actual === undefined || (actual === null && place.root);
      if (!isUnset) this.assertMatch(expected, actual, place);
    },
    $$type: (names, actual, { path }) => {
      if (!matchesType(actual, names as string | string[])) {
        throw new Mismatch(`${path}: ${show(actual)} is no ${String(names)}`);
      }
    },
    $$sessionLsid: (id, actual, { path }) => {
      const { id: expected } = this.entities.get('session', id);
      const lsid = isFields(actual) ? actual.id : undefined;
      if (lsid === undefined || hexOf(lsid) !== hexOf(expected?.id)) {
        throw new Mismatch(`${path}: another session`);
      }
    },
    $$matchesEntity: (id, actual, place) => {
      this.assertMatch(this.entities.get('result', id), actual, place);
    },
    $$lte: (limit, actual, { path }) => {
      const value = asPlainNumber(actual);
      if (!(typeof value === 'number' && value <= Number(limit))) {
        throw new Mismatch(`${path}: ${show(actual)} exceeds ${String(limit)}`);
      }
    },
    $$matchAsRoot: (expected, actual, { path }) => {
      this.assertMatch(expected, actual, { path, root: true });
    },
    $$matchAsDocument: (expected, actual, place) => {
      const document: unknown = typeof actual === 'string' ? BSON.EJSON.parse(actual) : actual;
      this.assertMatch(expected, document, place);
    },
    $$matchesHexBytes: (hex, actual, { path }) => {
      if (hexOf(actual) !== hex) throw new Mismatch(`${path}: other bytes`);
    },
  };

  constructor(private readonly entities: Entities) {}

  /** Throws {@link Mismatch} with the path of the first difference. */
  assertMatch(expected: unknown, actual: unknown, place: Place): void {
    if (isFields(expected)) this.assertFields(expected, actual, place);
    else if (Array.isArray(expected)) this.assertArray(expected, actual, place);
    else assertSame(expected, actual, place);
  }

  private assertFields(expected: Fields, given: unknown, place: Place): void {
    const operator = operatorOf(expected);
    if (operator) {
      const apply = this.operators[operator];
      if (!apply) throw new NotApplicable(`needs the matcher ${operator}`);
      apply(expected[operator], given, place);
      return;
    }
    const actual = given instanceof Map ? (Object.fromEntries(given) as unknown) : given;
    if (typeof actual !== 'object' || actual === null) {
      throw new Mismatch(`${place.path}: expected a document, got ${show(actual)}`);
    }
    const present = actual as Fields;
    for (const [key, value] of Object.entries(expected)) {
      const path = `${place.path}.${key}`;
      if (present[key] === undefined && !(isFields(value) && operatorOf(value))) {
        throw new Mismatch(`${path}: missing, expected ${show(value)}`);
      }
      this.assertMatch(value, present[key], { path, root: false });
    }
    if (!place.root) assertNothingElse(expected, present, place);
  }

  private assertArray(expected: readonly unknown[], actual: unknown, { path, root }: Place): void {
    if (!Array.isArray(actual) || actual.length !== expected.length) {
      throw new Mismatch(`${path}: expected ${expected.length} elements, got ${show(actual)}`);
    }
    expected.forEach((element, index) => {
      this.assertMatch(element, actual[index], { path: `${path}[${index}]`, root });
    });
  }
}

function operatorOf(expected: Fields): string | undefined {
  const keys = Object.keys(expected);
  return keys.length === 1 && keys[0]?.startsWith('$$') ? keys[0] : undefined;
}

function assertNothingElse(expected: Fields, actual: Fields, { path }: Place): void {
  for (const [key, value] of Object.entries(actual)) {
    if (!(key in expected) && value !== undefined) {
      throw new Mismatch(`${path}: unexpected ${key}: ${show(value)}`);
    }
  }
}

function assertSame(expected: unknown, actual: unknown, { path }: Place): void {
  const [left, right] = [asPlainNumber(expected), asPlainNumber(actual)];
  const comparesAsText = bsonTypeOf(left) !== undefined || left instanceof Date;
  const same = comparesAsText ? show(left) === show(right) : left === right;
  if (!same) throw new Mismatch(`${path}: expected ${show(expected)}, got ${show(actual)}`);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : BSON.EJSON.stringify(value);
}
