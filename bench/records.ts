import {
  canonicalJson,
  type JsonObject,
  type RecordStore,
  type WriteCommand,
} from '@redis-mongo-sync/sync-core';

/** The last write of a record that its store acknowledged. */
export interface Acknowledged {
  readonly version: number;
  /** Canonical text of the record's fields. */
  readonly text: string;
}

export type AcknowledgedWrites = Map<string, Acknowledged>;

export function keyOf(index: number): string {
  return `user-${index}@example.org`;
}

/** About 100 bytes, as profiles are. */
export function profileOf(index: number): JsonObject {
  return { name: `User ${index}`, city: 'Zürich', plan: index % 7 === 0 ? 'pro' : 'free', visits: index };
}

export function writeOf(key: string, set: JsonObject): WriteCommand {
  return { key, mode: 'merge', set, unset: [], create: true, precondition: { kind: 'none' } };
}

/**
 * Writes one record through the product's own store.
 *
 * @returns the version it got
 */
export async function writeRecord(
  store: RecordStore,
  command: WriteCommand,
  acknowledged: AcknowledgedWrites,
): Promise<number> {
  const result = await store.write(command);
  if (result.outcome !== 'created' && result.outcome !== 'updated') {
    throw new Error(`the write of ${command.key} was refused: ${result.outcome}`);
  }
  const { version, fields } = result.record;
  if (version > (acknowledged.get(command.key)?.version ?? 0)) {
    acknowledged.set(command.key, { version, text: canonicalJson(fields) });
  }
  return version;
}

export interface WriteRun {
  readonly count: number;
  /** Writes under way at a time. */
  readonly concurrency: number;
  readonly onWrite?: (done: number) => void;
}

export interface Written {
  readonly acknowledged: AcknowledgedWrites;
  readonly seconds: number;
}

/** Writes `count` new records, as fast as the store takes them. */
export async function writeMany(store: RecordStore, run: WriteRun): Promise<Written> {
  const acknowledged: AcknowledgedWrites = new Map();
  const startedAt = performance.now();
  let next = 0;
  const writer = async () => {
    while (next < run.count) {
      const index = next++;
      await writeRecord(store, writeOf(keyOf(index), profileOf(index)), acknowledged);
      run.onWrite?.(acknowledged.size);
    }
  };
  await Promise.all(Array.from({ length: run.concurrency }, writer));
  return { acknowledged, seconds: (performance.now() - startedAt) / 1000 };
}
