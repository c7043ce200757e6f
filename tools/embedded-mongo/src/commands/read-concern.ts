import { Timestamp } from 'bson';
import { commandError, unsupported } from '../errors.js';
import { fromTimestamp, toTimestamp } from '../store/clock.js';
import { isDocument, show, type Document } from '../values/index.js';
import type { CommandContext, CommandDefinition } from './context.js';

const LEVELS = new Set(['local', 'available', 'majority', 'linearizable', 'snapshot']);

/** One node that shows only what it has written: every level but `snapshot` reads the same. */
export function assertReadConcern(name: string, command: Document, definition: CommandDefinition): void {
  const { readConcern: concern } = command;
  if (!isDocument(concern)) return;
  const { level } = concern;
  if (level !== undefined && !(typeof level === 'string' && LEVELS.has(level))) {
    throw commandError(
      9,
      `Enumeration value '${show(level)}' for field 'readConcern.level' is not a valid value.`,
    );
  }
  const outside = command.autocommit !== false;
  if (level === 'snapshot' && outside && !definition.snapshotReads) {
    throw commandError(72, `Command ${name} does not support { readConcern: { level: "snapshot" } }`);
  }
}

/** The cluster time of a snapshot read outside of transactions; the present is the only one there is. */
export function snapshotTime(ctx: CommandContext): Document {
  const { readConcern: concern } = ctx.command;
  if (!isDocument(concern) || concern.level !== 'snapshot' || ctx.transaction) return {};
  const { last } = ctx.node.store.clock;
  const asked = concern.atClusterTime;
  if (asked instanceof Timestamp && fromTimestamp(asked) < last) {
    throw unsupported('reading at an earlier snapshot (atClusterTime)');
  }
  return { atClusterTime: toTimestamp(last) };
}
