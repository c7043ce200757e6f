import { types } from 'node:util';

/** `instanceof Error` is false for errors of another realm (a `vm` context, as test runners use). */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}
