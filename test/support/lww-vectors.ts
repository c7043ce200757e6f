import { readFileSync } from 'node:fs';
import { payloadOf, type JsonObject, type Source, type Verdict } from '@redis-mongo-sync/sync-core';

export interface VectorImage {
  readonly version: number | null;
  readonly source: Source;
  /** Null: deleted. */
  readonly payload: JsonObject | null;
}

/** One case of the Last-Write-Wins rule, run by every implementation of it. */
export interface LwwVector {
  /** Of SPEC.md. */
  readonly id: string;
  readonly title: string;
  readonly target: Source;
  readonly incoming: VectorImage & { readonly version: number };
  readonly current: VectorImage | null;
  readonly verdict: Verdict;
  /** What the target holds afterwards. */
  readonly after: VectorImage;
}

export const LWW_VECTORS = JSON.parse(
  readFileSync(new URL('../vectors/lww.json', import.meta.url), 'utf8'),
) as readonly LwwVector[];

/** For `it.each`: title first. */
export function vectorsFor(target?: Source): [string, LwwVector][] {
  return LWW_VECTORS.filter((vector) => target === undefined || vector.target === target).map((vector) => [
    `${vector.id}: ${vector.title} (into ${vector.target})`,
    vector,
  ]);
}

export function contentOf(image: VectorImage): string | null {
  return image.payload && payloadOf(image.payload);
}
