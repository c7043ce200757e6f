import {
  canonicalJson,
  DIRECTIONS,
  isBalanced,
  owedInFlight,
  type RecordStore,
  type Source,
} from '@redis-mongo-sync/sync-core';
import type { Acknowledged, AcknowledgedWrites } from './records.js';
import type { Rig } from './rig/rig.js';

/** Every record of the stores beside what was acknowledged. */
export interface Comparison {
  readonly compared: number;
  /** Acknowledged, and absent or older in a store. */
  readonly lost: number;
  /** Not lost, and not the same everywhere: in the stores, or as it was acknowledged. */
  readonly different: number;
  /** Captured equals settled, in both directions. */
  readonly balanced: boolean;
}

const PAGE = 1000;

export async function compare(
  rig: Rig,
  acknowledged: AcknowledgedWrites,
  sides: readonly Source[] = ['mongo', 'redis'],
): Promise<Comparison> {
  const held = await Promise.all(sides.map((side) => readAll(rig.stores[side])));
  const keys = new Set([...acknowledged.keys(), ...held.flatMap((records) => [...records.keys()])]);
  let lost = 0;
  let different = 0;
  for (const key of keys) {
    const wanted = acknowledged.get(key);
    const found = held.map((records) => records.get(key));
    if (wanted && found.some((one) => !one || one.version < wanted.version)) lost += 1;
    else if (found.some((one) => one?.version !== wanted?.version || one?.text !== wanted?.text))
      different += 1;
  }
  return { compared: keys.size, lost, different, balanced: await ledgersBalance(rig) };
}

async function readAll(store: RecordStore): Promise<ReadonlyMap<string, Acknowledged>> {
  const records = new Map<string, Acknowledged>();
  let after: string | undefined;
  do {
    const page = await store.list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const { key, version, fields } of page.records) {
      records.set(key, { version, text: canonicalJson(fields) });
    }
    after = page.next;
  } while (after !== undefined);
  return records;
}

async function ledgersBalance(rig: Rig): Promise<boolean> {
  const pages = await Promise.all(DIRECTIONS.map((direction) => rig.ledgers.read(direction)));
  return pages.every(
    ({ ledger, pending, unread }) => isBalanced(ledger, pending + unread) && owedInFlight(ledger) === 0,
  );
}
