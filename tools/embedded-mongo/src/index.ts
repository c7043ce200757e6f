export { startEmbeddedMongo, type EmbeddedMongo } from './start.js';
export type { EmbeddedMongoOptions } from './options.js';
export type { FsyncMode } from './journal/group-commit.js';
export type { FileLayer } from './journal/file-layer.js';
export type { RecoveryReport } from './journal/recovery.js';
