import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { RECORD_HEADER } from './record.js';

/** How reading a file ended; `good` is the number of bytes up to the last whole record. */
export interface ReadEnd {
  kind: 'whole' | 'torn' | 'damaged';
  good: number;
  /** Bytes after that. */
  rest: number;
}

/**
 * Visits the records of a file up to the first one that is not whole. A file that ends within a record is
 * `torn`, as a killed process leaves it; whole records behind a bad one mean that the file is `damaged`.
 */
export function readRecords(path: string, visit: (body: Buffer) => void): ReadEnd {
  const file = readFileSync(path);
  let at = 0;
  for (let body = recordAt(file, at); body; body = recordAt(file, at)) {
    visit(body);
    at += RECORD_HEADER + body.length;
  }
  const rest = file.length - at;
  if (rest === 0) return { kind: 'whole', good: at, rest };
  return { kind: hasRecordAfter(file, at + 1) ? 'damaged' : 'torn', good: at, rest };
}

function recordAt(file: Buffer, at: number): Buffer | undefined {
  if (at + RECORD_HEADER > file.length) return undefined;
  const length = file.readUInt32LE(at);
  const from = at + RECORD_HEADER;
  if (length < 5 || from + length > file.length) return undefined;
  // The body begins with a BSON document and ends with the zero that closes the last one.
  const first = file.readInt32LE(from);
  if (first < 5 || first > length || file[from + length - 1] !== 0) return undefined;
  const body = file.subarray(from, from + length);
  return crc32(body) === file.readUInt32LE(at + 4) ? body : undefined;
}

function hasRecordAfter(file: Buffer, from: number): boolean {
  for (let at = from; at + RECORD_HEADER < file.length; at++) if (recordAt(file, at)) return true;
  return false;
}
