import { isAbsolute, relative } from 'node:path';

/** A path as a person in this folder would type it: relative when it lies below, else in full. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
