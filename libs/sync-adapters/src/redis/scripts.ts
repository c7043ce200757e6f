import { defineScript } from '@redis-mongo-sync/redis-streams';
import { parseApplyBatchReply } from './replies/apply-batch.reply.js';
import { parseReadLedgerReply } from './replies/read-ledger.reply.js';
import { parseDigestBucketReply } from './replies/digest-bucket.reply.js';
import { parsePublishCapturedReply } from './replies/publish-captured.reply.js';
import { parseReadHoldingsReply } from './replies/read-holdings.reply.js';
import { parseReadKnownVersionsReply } from './replies/read-known-versions.reply.js';
import { parseWriteRecordReply } from './replies/write-record.reply.js';

export function scriptFile(name: string): URL {
  return new URL(`./lua/${name}.lua`, import.meta.url);
}

const script = <Reply>(name: string, decode: (raw: unknown) => Reply) =>
  defineScript({ name, file: scriptFile(name), decode });

const isDone = (raw: unknown) => raw === 1;
/** A version; `null` when nothing was emitted. */
const emittedVersion = (raw: unknown) => (raw === '' ? null : Number(raw));

/** One Lua file, one command; each file's header says what it takes and returns. */
export const SCRIPTS = {
  applyBatch: script('apply-batch', parseApplyBatchReply),
  readLedger: script('read-ledger', parseReadLedgerReply),
  digestBucket: script('digest-bucket', parseDigestBucketReply),
  discardLetter: script('discard-letter', isDone),
  holdLease: script('hold-lease', isDone),
  mendIndex: script('mend-index', Number),
  publishCaptured: script('publish-captured', parsePublishCapturedReply),
  readHoldings: script('read-holdings', parseReadHoldingsReply),
  readKnownVersions: script('read-known-versions', parseReadKnownVersionsReply),
  reEmitAnew: script('re-emit-anew', emittedVersion),
  releaseLease: script('release-lease', isDone),
  removeDoubts: script('remove-doubts', Number),
  reEmit: script('re-emit', emittedVersion),
  rotateProcessed: script('rotate-processed', isDone),
  settleBatch: script('settle-batch', Number),
  unwrapHash: script('unwrap-hash', isDone),
  writeRecord: script('write-record', parseWriteRecordReply),
} as const;
