export type { AppendOutcome, AuditEntry, Json, JsonObject, RecordedEntry } from './audit-entry.js';
export type {
  AuditCount,
  AuditFilter,
  AuditLog,
  AuditPage,
  AuditQuery,
  AuditStats,
  RetentionRequest,
  Verification,
  VerifyRange,
} from './audit-log.js';
export { MAX_DATA_BYTES, MAX_ENTRIES } from './check-entries.js';
export { MAX_LIMIT } from './query-options.js';
export {
  AuditInputError,
  AuditLogClosedError,
  AuditStoreUnavailableError,
  type AuditFault,
} from './errors.js';
export { openAuditLog, type AuditStoreChoice, type OpenAuditLogOptions } from './open-audit-log.js';
export { StoredAuditLog, type AuditLogOptions } from './stored-audit-log.js';
export type { AuditStore } from './audit-store.js';
export { MemoryAuditStore } from './memory/memory-audit-store.js';
export { MongoAuditStore, type MongoAuditStoreOptions } from './mongo/mongo-audit-store.js';
export { PostgresAuditStore, type PostgresAuditStoreOptions } from './postgres/postgres-audit-store.js';
export { NDJSON_CONTENT_TYPE, ndjson, ndjsonStream, writeNdjson } from './ndjson.js';
export { RetentionRunner, type RetentionRunnerOptions } from './retention-runner.js';
export { REDACTED } from './redact.js';
