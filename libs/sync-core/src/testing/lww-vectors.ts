import { readFileSync } from 'node:fs';
import {
  payloadOf,
  type HeldRecord,
  type IntoMongo,
  type IntoRedis,
  type Json,
  type JsonObject,
  type Source,
} from '../index.js';

interface VectorImage {
  /** `null`: unstamped. */
  readonly version: number | null;
  readonly source: Source;
  /** `null`: deleted. */
  readonly payload: JsonObject | null;
}

/** What a store holds, as the sync reads it; and as it stands there, where that says more. In Mongo, what is deleted is a tombstone. */
export interface VectorCurrent extends VectorImage {
  /** Mongo: what stands in `_sync`, as Extended JSON. */
  readonly stored?: Json;
  /** Redis: the text. */
  readonly text?: string;
}

interface Vector {
  /** Of SPEC.md. */
  readonly id: string;
  readonly title: string;
  readonly incoming: VectorImage & {
    readonly version: number;
    readonly base?: number;
    readonly known?: number;
    readonly changed?: readonly string[];
  };
  readonly current: VectorCurrent | null;
  /** What the target holds afterwards. */
  readonly after: VectorImage;
}

type IntoRedisVector = Vector & { readonly target: 'redis'; readonly decision: IntoRedis };
type IntoMongoVector = Vector & { readonly target: 'mongo'; readonly decision: IntoMongo };
/** One case of Last-Write-Wins, run by every implementation of the rule. */
export type LwwVector = IntoRedisVector | IntoMongoVector;

const VECTORS = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/lww.json', import.meta.url), 'utf8'),
) as readonly LwwVector[];

/** For `it.each`: title first. */
export function vectorsFor<T extends Source>(
  target: T,
): [string, Extract<LwwVector, { readonly target: T }>][] {
  return VECTORS.filter(
    (vector): vector is Extract<LwwVector, { readonly target: T }> => vector.target === target,
  ).map((vector) => [`${vector.id}: ${vector.title} (into ${target})`, vector]);
}

/** An image as Redis holds it. */
export function heldOf({ version, source, payload }: VectorImage): HeldRecord {
  return { version: version ?? 0, source, payload: payload && payloadOf(payload) };
}
