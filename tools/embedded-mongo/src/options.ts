import type { FileLayer } from './journal/file-layer.js';
import type { FsyncMode } from './journal/group-commit.js';

export interface EmbeddedMongoOptions {
  /** Loopback address to listen on; others are refused. Default 127.0.0.1. */
  host?: string;
  /** 0, the default, takes any free port. */
  port?: number;
  /** Name of the replica set; its only member is this server. Default rs0. */
  replicaSet?: string;
  /** Folder for the data; without it everything is in memory only. */
  dbPath?: string;
  /** When the log goes to the disk: every 100 ms (default), before each acknowledgement, or when the OS likes. */
  fsync?: FsyncMode;
  /** How many changes streams can go back to. Default 150,000. */
  oplogEntries?: number;
  /** A snapshot replaces the log when it has grown by this many bytes. Default 16 MB. */
  compactBytes?: number;
  /** How often expired documents are deleted. Default 60,000 ms, as in MongoDB. */
  ttlIntervalMs?: number;
  /** A transaction open for longer is aborted. Default 60,000 ms, as in MongoDB. */
  transactionLifetimeMs?: number;
  /** The wall clock, in ms, for tests. */
  nowMs?: () => number;
  /** File operations, for tests that make them fail. */
  files?: FileLayer;
  /** Trouble no client hears of. Default: standard error. */
  warn?: (message: string) => void;
}

export const DEFAULTS = {
  host: '127.0.0.1',
  port: 0,
  replicaSet: 'rs0',
  fsync: 'interval',
  oplogEntries: 150_000,
  compactBytes: 16 * 1024 * 1024,
  ttlIntervalMs: 60_000,
  transactionLifetimeMs: 60_000,
} as const satisfies EmbeddedMongoOptions;
