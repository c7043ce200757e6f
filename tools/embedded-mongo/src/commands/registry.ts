import { commandError, unsupported } from '../errors.js';
import { aggregate } from './aggregate.js';
import { collMod, create, drop, dropDatabase, renameCollection } from './collections.js';
import type { CommandDefinition, CommandTable } from './context.js';
import { count } from './count.js';
import { deleteCommand } from './delete.js';
import * as diagnostics from './diagnostics.js';
import { distinct } from './distinct.js';
import { configureFailPoint } from './fail-point.js';
import { findAndModify } from './find-and-modify.js';
import { find } from './find.js';
import { getMore, killCursors } from './get-more.js';
import { hello, isMaster } from './handshake.js';
import { createIndexes, dropIndexes, listIndexes } from './indexes.js';
import { insert } from './insert.js';
import { listCollections, listDatabases } from './listing.js';
import { REFUSED_COMMANDS } from './refused-commands.js';
import * as sessions from './sessions.js';
import { update } from './update.js';

/** Every command there is. */
const COMMANDS: CommandTable = {
  hello,
  isMaster,
  ismaster: isMaster,
  ping: diagnostics.ping,
  buildInfo: diagnostics.buildInfo,
  buildinfo: diagnostics.buildInfo,
  serverStatus: diagnostics.serverStatus,
  collStats: diagnostics.collStats,
  dbStats: diagnostics.dbStats,
  connectionStatus: diagnostics.connectionStatus,
  replSetGetStatus: diagnostics.replSetGetStatus,
  replSetStepDown: diagnostics.replSetStepDown,
  configureFailPoint,
  insert,
  update,
  delete: deleteCommand,
  findAndModify,
  findandmodify: findAndModify,
  find,
  aggregate,
  count,
  distinct,
  getMore,
  killCursors,
  create,
  collMod,
  drop,
  dropDatabase,
  renameCollection,
  createIndexes,
  dropIndexes,
  listIndexes,
  listCollections,
  listDatabases,
  startSession: sessions.startSession,
  endSessions: sessions.endSessions,
  refreshSessions: sessions.refreshSessions,
  killSessions: sessions.killSessions,
  killAllSessions: sessions.killSessions,
  commitTransaction: sessions.commitTransaction,
  abortTransaction: sessions.abortTransaction,
};

export function commandNamed(name: string): CommandDefinition {
  const definition = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (definition) return definition;
  const feature = REFUSED_COMMANDS.get(name);
  throw feature ? unsupported(feature) : commandError(59, `no such command: '${name}'`);
}
