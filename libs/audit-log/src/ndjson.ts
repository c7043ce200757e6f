import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RecordedEntry } from './audit-entry.js';

export const NDJSON_CONTENT_TYPE = 'application/x-ndjson; charset=utf-8';

const CHUNK_CHARACTERS = 65_536;

/** One JSON object a line, in chunks of about 64 KiB: a write per line would spend its time on writes. */
export async function* ndjson(
  entries: AsyncIterable<RecordedEntry>,
): AsyncGenerator<string, void, undefined> {
  let chunk = '';
  for await (const entry of entries) {
    chunk += `${JSON.stringify(entry)}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

/** As a stream, for an HTTP answer. Reads from the store only as fast as the stream is read. */
export function ndjsonStream(entries: AsyncIterable<RecordedEntry>): Readable {
  return Readable.from(ndjson(entries), { objectMode: false, highWaterMark: CHUNK_CHARACTERS });
}

/** Writes everything and ends `to`. Rejects when `to` fails or the signal aborts; both stop the reading. */
export function writeNdjson(
  entries: AsyncIterable<RecordedEntry>,
  to: Writable,
  signal?: AbortSignal,
): Promise<void> {
  return pipeline(ndjsonStream(entries), to, signal ? { signal } : {});
}
