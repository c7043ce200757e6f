import { openAuditLog, type AuditLog } from '@redis-mongo-sync/audit-log';
import { DEFAULT_SECRET_FIELDS } from '@redis-mongo-sync/redis-streams';
import { USER_SECRET_FIELDS } from '@redis-mongo-sync/sync-core';
import type { EventServiceConfig } from '../event-service.config.js';

/** Token of the service's {@link AuditLog}. */
export const AUDIT_LOG = Symbol('audit log');

/** What clients should not have put into an event is not kept with it. */
const SECRET_FIELDS = [...DEFAULT_SECRET_FIELDS, ...USER_SECRET_FIELDS];

/** The audit log in the store that the configuration names. Nothing is sent before the first use. */
export function openEventLog(
  { audit, mongo }: EventServiceConfig,
  onTailError: (error: unknown) => void,
): AuditLog {
  const choice =
    audit.store === 'postgres'
      ? ({ store: 'postgres', url: audit.postgresUrl } as const)
      : ({ store: 'mongo', uri: mongo.uri, database: mongo.database } as const);
  return openAuditLog(choice, {
    timeoutMs: audit.timeoutMs,
    onTailError,
    secretFields: [...SECRET_FIELDS, ...audit.secretFieldNames],
    ...(audit.hashKey === undefined ? {} : { hashKey: audit.hashKey }),
  });
}
