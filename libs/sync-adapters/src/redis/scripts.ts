import { defineScript } from '@redis-mongo-sync/redis-streams';

const script = (name: string) => defineScript({ name, file: new URL(`./lua/${name}.lua`, import.meta.url) });

/** One Lua file, one command; each file's header says what it takes and returns. */
export const SCRIPTS = {
  holdLease: script('hold-lease'),
  applyBatch: script('apply-batch'),
  publishCaptured: script('publish-captured'),
  readKnownVersions: script('read-known-versions'),
  books: script('books'),
  digestBucket: script('digest-bucket'),
  mendIndex: script('mend-index'),
  readHoldings: script('read-holdings'),
  reissueRecord: script('reissue-record'),
  resendRecord: script('resend-record'),
  removeDoubts: script('remove-doubts'),
  releaseLease: script('release-lease'),
  rotateProcessed: script('rotate-processed'),
  settleBatch: script('settle-batch'),
  unwrapHash: script('unwrap-hash'),
  writeRecord: script('write-record'),
} as const;
