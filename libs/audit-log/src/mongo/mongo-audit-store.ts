import { setTimeout as delay } from 'node:timers/promises';
import { MongoBulkWriteError, type Collection, type Db, type Filter } from 'mongodb';
import type { AppendOutcome } from '../audit-entry.js';
import { keyOf } from '../append-queue.js';
import type { AuditCount } from '../audit-log.js';
import type { AuditStore, Head, PendingEntry, Sealer, StoredEntry, StorePage } from '../audit-store.js';
import { fromDocument, toDocument, type EntryDocument } from './entry-document.js';
import { isDuplicateKey, withMongoErrors } from './mongo-errors.js';

export interface MongoAuditStoreOptions {
  readonly db: Db;
  /** Default `audit_log`. */
  readonly collection?: string;
  /** Runs on `close()`, e.g. to close a client that was made for the log. */
  readonly onClose?: () => Promise<void>;
}

const CONTENTION_MS = 4;
const NONE: ReadonlyMap<string, number> = new Map();

/**
 * Documents are only ever inserted, and removed by retention. MongoDB cannot enforce that on a user with write
 * access: give the application a role with `find`, `insert`, `createIndex` and, where retention runs, `remove`.
 *
 * Reads are `majority` reads, so that nothing is shown or called a duplicate that a failover could take back. The head
 * is read as it is: an entry put behind one that is not durable yet is not durable before it.
 */
export class MongoAuditStore implements AuditStore {
  readonly #entries: Collection<EntryDocument>;
  readonly #durable: Collection<EntryDocument>;

  constructor(private readonly options: MongoAuditStoreOptions) {
    const name = options.collection ?? 'audit_log';
    const common = {
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
      ignoreUndefined: true,
    } as const;
    this.#entries = options.db.collection(name, { ...common, readConcern: { level: 'local' } });
    this.#durable = options.db.collection(name, { ...common, readConcern: { level: 'majority' } });
  }

  async prepare(): Promise<void> {
    await withMongoErrors(async () => {
      await this.#entries.createIndexes([
        { name: 'event', key: { stream: 1, eventId: 1 }, unique: true },
        { name: 'by_entity_id', key: { entityId: 1, _id: 1 } },
        { name: 'by_entity', key: { entity: 1, _id: 1 } },
        { name: 'by_type', key: { type: 1, _id: 1 } },
        { name: 'by_stream', key: { stream: 1, _id: 1 } },
        { name: 'by_time', key: { occurredAt: 1, _id: 1 } },
      ]);
    });
  }

  /**
   * Round by round: see what is recorded, put the rest behind the head. A round fails because an event is there
   * already or because another writer was faster, which is progress of the log; what a failed round did insert is
   * seen by the next.
   */
  append(entries: readonly PendingEntry[], seal: Sealer): Promise<readonly AppendOutcome[]> {
    return withMongoErrors(async () => {
      const ours = new Map<string, number>();
      for (let round = 0; ; round++) {
        // Entries are new nearly always: the first round finds out by inserting, the unique indexes say if not.
        const recorded = round === 0 ? NONE : await this.#recorded(entries);
        const head = await this.#head();
        const fresh = entries.filter((entry) => !recorded.has(keyOf(entry)));
        const sealed = seal(head, fresh);
        const inserted = await this.#insert(sealed);
        for (const entry of sealed.slice(0, inserted)) ours.set(keyOf(entry), entry.sequence);
        if (inserted === fresh.length) return entries.map((entry) => outcomeOf(keyOf(entry), recorded, ours));
        await delay(Math.random() * CONTENTION_MS * Math.min(round + 1, 16));
      }
    });
  }

  head(): Promise<Head | undefined> {
    return withMongoErrors(async () => {
      const [entry] = await this.page({ order: 'desc', limit: 1 });
      return entry;
    });
  }

  page(page: StorePage): Promise<readonly StoredEntry[]> {
    return withMongoErrors(async () => {
      const found = this.#durable
        .find(filterOf(page))
        .sort({ _id: page.order === 'asc' ? 1 : -1 })
        .limit(page.limit);
      return (await found.toArray()).map(fromDocument);
    });
  }

  counts(): Promise<readonly AuditCount[]> {
    return withMongoErrors(async () => {
      const groups = this.#durable.aggregate<{ _id: { stream: string; type: string }; count: number }>([
        { $group: { _id: { stream: '$stream', type: '$type' }, count: { $sum: 1 } } },
        { $sort: { '_id.stream': 1, '_id.type': 1 } },
      ]);
      return (await groups.toArray()).map(({ _id: { stream, type }, count }) => ({ stream, type, count }));
    });
  }

  remove(from: number, to: number): Promise<number> {
    return withMongoErrors(async () => {
      const { deletedCount } = await this.#entries.deleteMany({ _id: { $gte: from, $lte: to } });
      return deletedCount;
    });
  }

  async close(): Promise<void> {
    await this.options.onClose?.();
  }

  async #head(): Promise<Head | undefined> {
    const last = await this.#entries.find().sort({ _id: -1 }).limit(1).next();
    return last ? fromDocument(last) : undefined;
  }

  /** The sequences of those entries that are in the log, durably. */
  async #recorded(entries: readonly PendingEntry[]): Promise<ReadonlyMap<string, number>> {
    const streams = new Map<string, string[]>();
    for (const { stream, eventId } of entries) {
      const eventIds = streams.get(stream);
      if (eventIds) eventIds.push(eventId);
      else streams.set(stream, [eventId]);
    }
    const $or = [...streams].map(([stream, eventIds]) => ({ stream, eventId: { $in: eventIds } }));
    const found = this.#durable.find({ $or }).project<EntryDocument>({ stream: 1, eventId: 1 });
    return new Map((await found.toArray()).map((entry) => [keyOf(entry), entry._id]));
  }

  /** In order, up to the first place or event that is taken; resolves to how many were inserted. */
  async #insert(entries: readonly StoredEntry[]): Promise<number> {
    if (entries.length === 0) return 0;
    try {
      await this.#entries.insertMany(entries.map(toDocument), { ordered: true });
      return entries.length;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return error instanceof MongoBulkWriteError ? error.insertedCount : 0;
    }
  }
}

function outcomeOf(
  key: string,
  recorded: ReadonlyMap<string, number>,
  ours: ReadonlyMap<string, number>,
): AppendOutcome {
  const own = ours.get(key);
  if (own !== undefined) return { outcome: 'recorded', sequence: own };
  return { outcome: 'duplicate', sequence: recorded.get(key) ?? 0 };
}

function filterOf(page: StorePage): Filter<EntryDocument> {
  const { entity, entityId, type, stream, from, to, after, before } = page;
  return {
    ...(entity !== undefined && { entity }),
    ...(entityId !== undefined && { entityId }),
    ...(type !== undefined && { type }),
    ...(stream !== undefined && { stream }),
    ...range('occurredAt', { $gte: date(from), $lt: date(to) }),
    ...range('_id', { $gt: after, $lt: before }),
  };
}

function date(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}

/** A condition on a field without its undefined parts; nothing when all are. */
function range(
  field: string,
  parts: Readonly<Record<string, Date | number | undefined>>,
): Filter<EntryDocument> {
  const given = Object.entries(parts).filter(([, bound]) => bound !== undefined);
  return given.length === 0 ? {} : { [field]: Object.fromEntries(given) };
}
