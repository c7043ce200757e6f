import {
  type BatchMessageHandler,
  type Delivery,
  type DeliveryFailure,
  type MessageEvent,
  TerminalError,
} from '@redis-mongo-sync/redis-streams';
import type { AuditEntry, AuditLog, JsonObject } from '@redis-mongo-sync/audit-log';
import { AuditInputError } from '@redis-mongo-sync/audit-log';
import { isJsonObject } from '@redis-mongo-sync/sync-core';

interface RecordingOptions {
  readonly log: Pick<AuditLog, 'append'>;
  readonly stream: string;
  /** Told of every event that was recorded now, for the rates; not of one that had been before. */
  readonly onRecorded?: (entries: readonly AuditEntry[]) => void;
}

/**
 * Carries a batch into the audit log. The log takes an event once, and the batch is acknowledged after it: what comes
 * again after a crash is recognised. One entry that the log refuses does not hold up the others.
 */
export function recordingHandler(options: RecordingOptions): BatchMessageHandler {
  return (deliveries) =>
    record(
      deliveries.map((delivery) => auditEntryOf(options.stream, delivery)),
      options,
    );
}

async function record(entries: readonly AuditEntry[], options: RecordingOptions): Promise<DeliveryFailure[]> {
  if (entries.length === 0) return [];
  try {
    const outcomes = await options.log.append(entries);
    options.onRecorded?.(entries.filter((_, index) => outcomes[index]?.outcome === 'recorded'));
    return [];
  } catch (error) {
    if (!(error instanceof AuditInputError)) throw error;
    const refused = new Set(error.faults.map(({ path }) => Number(/^\[(\d+)\]/.exec(path)?.[1] ?? -1)));
    const fine = entries.filter((_, index) => !refused.has(index));
    if (refused.has(-1) || fine.length === entries.length) throw error;
    const wrong = entries.filter((_, index) => refused.has(index));
    const refusal = new TerminalError(error.message, { cause: error });
    const failures = wrong.map(({ streamEntryId }) => ({ entryId: streamEntryId, error: refusal }));
    return [...failures, ...(await record(fine, options))];
  }
}

/** What an event says it is about. */
function auditEntryOf(stream: string, { event, context }: Delivery): AuditEntry {
  const data = isJsonObject(event.data) ? (event.data as JsonObject) : { value: event.data as JsonObject };
  const entityId = entityIdOf(event, data);
  return {
    eventId: event.id,
    stream,
    type: event.type,
    ...(entityId === undefined ? {} : { entity: entityOf(event.type), entityId }),
    occurredAt: event.time,
    streamEntryId: context.entryId,
    ...(event.correlationId === undefined ? {} : { correlationId: event.correlationId }),
    data,
  };
}

/** `user.created` is about a user; a message, about the room or the person that it went to. */
function entityOf(type: string): string {
  const [entity = type] = type.split('.', 1);
  return entity === 'message' ? 'conversation' : entity === 'system' ? 'service' : entity;
}

function entityIdOf({ key }: MessageEvent, data: JsonObject): string | undefined {
  if (key !== undefined) return key;
  return typeof data.id === 'string' && data.id.length <= 256 ? data.id : undefined;
}
