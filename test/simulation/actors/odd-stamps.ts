import { versionAt, type Json } from '@redis-mongo-sync/sync-core';

/** Within the skew that is allowed, and beyond it, ms ahead. */
const SOON_MS = 20_000;
const FAR_MS = 600_000;

/** What outsiders put into `_sync`, and whether it is a stamp. */
export function oddStamps(nowMs: number): readonly { readonly stamp: Json; readonly isOne: boolean }[] {
  return [
    ...noStamps(nowMs).map((stamp) => ({ stamp, isOne: false })),
    ...stamps(nowMs).map((stamp) => ({ stamp, isOne: true })),
  ];
}

function stamps(nowMs: number): readonly Json[] {
  const of = (version: Json): Json => ({ version, source: 'mongo' });
  return [
    of({ $numberDouble: '1024.0' }),
    { version: versionAt(nowMs), source: 'redis' },
    of(versionAt(nowMs + SOON_MS)),
    of(versionAt(nowMs + FAR_MS)),
  ];
}

function noStamps(nowMs: number): readonly Json[] {
  const of = (version: Json): Json => ({ version, source: 'mongo' });
  return [
    'a text',
    7,
    [],
    {},
    of('12345'),
    of(versionAt(nowMs) + 0.5),
    of({ $numberDecimal: String(versionAt(nowMs)) }),
    of(true),
    of({ $date: { $numberLong: String(nowMs) } }),
    of([versionAt(nowMs)]),
    of({ $numberLong: '9223372036854775807' }),
    of(-1),
    { version: versionAt(nowMs) },
    { version: versionAt(nowMs), source: 'elsewhere' },
  ];
}
