import { isUtf8 } from 'node:buffer';
import { HttpProblem } from '../problems/http-problem.js';
import { ProblemError } from '../problems/problem-error.js';
import { escapePointer } from './json-pointer.js';

/** Objects and arrays inside one another, the outermost counted. */
const MAX_BODY_DEPTH = 32;

/**
 * Parses a request body. Bodies that are nested too deep are refused before they are parsed, so that code behind this
 * may recurse over a body. Texts that could reach an object's prototype are refused here, before anything copies them:
 * `__proto__` at any level, and `constructor` with a `prototype` in it.
 *
 * @throws ProblemError `InvalidJson` or `InvalidBody`
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw invalidJson('the body is empty');
  if (!isUtf8(bytes)) throw invalidJson('the body is not UTF-8');
  const text = bytes.toString('utf8');
  if (isTooDeep(text)) throw refused('', `the body must not be nested deeper than ${MAX_BODY_DEPTH} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidJson('the body is not JSON');
  }
  if (MAY_POISON.test(text)) refusePoison(value);
  return value;
}

/** Quick and over-cautious: most bodies hold neither these words nor escapes that could spell them. */
const MAY_POISON = /__proto__|prototype|\\u/;

function refusePoison(value: unknown, path = ''): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) throw poisoned(`${path}/__proto__`);
  const constructor: unknown = Object.hasOwn(value, 'constructor') ? value.constructor : undefined;
  if (typeof constructor === 'object' && constructor !== null && Object.hasOwn(constructor, 'prototype')) {
    throw poisoned(`${path}/constructor`);
  }
  for (const [name, member] of Object.entries(value)) {
    refusePoison(member, `${path}/${escapePointer(name)}`);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `{` and `[`, `}` and `]` differ in this bit only. */
const CURLY = 0x20;
const OPEN = 0x5b;
const CLOSE = 0x5d;

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) inString = !inString;
    else if (inString) {
      if (code === BACKSLASH) index += 1;
    } else if ((code & ~CURLY) === OPEN) {
      depth += 1;
      if (depth > MAX_BODY_DEPTH) return true;
    } else if ((code & ~CURLY) === CLOSE) depth -= 1;
  }
  return false;
}

function poisoned(field: string): ProblemError {
  return refused(field, 'this name is not allowed');
}

function refused(field: string, message: string): ProblemError {
  return new ProblemError(HttpProblem.InvalidBody, {
    detail: field === '' ? message : `${field}: ${message}`,
    errors: [{ in: 'body', field, message }],
  });
}

function invalidJson(detail: string): ProblemError {
  return new ProblemError(HttpProblem.InvalidJson, { detail });
}
