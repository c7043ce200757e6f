import { unsupported } from '../errors.js';
import { toTimestamp } from '../store/clock.js';
import type { OplogEntry } from '../store/oplog.js';
import { databaseOf } from '../store/change.js';
import { isDocument, type Document } from '../values/index.js';
import type { CollectionName } from '../store/collection.js';
import type { CommandContext } from './context.js';

const OPERATIONS: Readonly<Record<string, string>> = { insert: 'i', update: 'u', delete: 'd', noop: 'n' };

export function isOplog({ db, name }: CollectionName): boolean {
  return db === 'local' && name === 'oplog.rs';
}

/**
 * The first or the last entries of the history, for whoever asks how far back it reaches: `find({})` with a `$natural`
 * sort and a limit. Entries show when (`ts`, `wall`), what kind (`op`) and where (`ns`), not the change itself (`o`).
 * Anything else that could be asked of an oplog is refused.
 */
export function readOplog({ node, command }: CommandContext, limit: number): Document[] {
  const { filter = {}, sort, skip } = command;
  const natural = isDocument(sort) ? sort.$natural : undefined;
  const plain = isDocument(filter) && Object.keys(filter).length === 0 && !skip;
  if (!plain || limit < 1 || (natural !== 1 && natural !== -1)) {
    throw unsupported('reading local.oplog.rs other than by find({}).sort({$natural: ±1}).limit(n)');
  }
  const { oplog } = node.store;
  const entries: OplogEntry[] = [];
  for (let i = 0; i < Math.min(limit, oplog.length); i++) {
    const entry = oplog.at(natural === 1 ? i : oplog.length - 1 - i);
    if (entry) entries.push(entry);
  }
  return entries.map(shown);
}

function shown({ time, wall, change }: OplogEntry): Document {
  const ns = 'at' in change ? `${change.at.db}.${change.at.name}` : databaseOf(change);
  return { ts: toTimestamp(time), t: 1n, v: 2, op: OPERATIONS[change.op] ?? 'c', ns, wall };
}
