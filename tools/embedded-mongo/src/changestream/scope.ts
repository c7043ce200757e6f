import { SYSTEM_DATABASES } from '../commands/namespace.js';
import { databaseOf, type Change } from '../store/change.js';
import type { CollectionName } from '../store/collection.js';

/** Which changes a stream is about: those of a collection, of a database or of all databases. */
export interface StreamScope {
  includes(change: Change): boolean;
  /** Some changes end a stream without being an event of it. */
  shows(change: Change): boolean;
  endsWith(change: Change): boolean;
}

export function collectionScope({ db, name }: CollectionName): StreamScope {
  const isIt = (at: CollectionName) => at.db === db && at.name === name;
  const includes = (change: Change): boolean => {
    if (change.op === 'noop') return false;
    if (change.op === 'dropDatabase') return change.db === db;
    return isIt(change.at) || (change.op === 'rename' && isIt(change.to));
  };
  return {
    includes,
    shows: (change) => change.op !== 'dropDatabase',
    endsWith: (change) => ['drop', 'rename', 'dropDatabase'].includes(change.op) && includes(change),
  };
}

export function databaseScope(db: string): StreamScope {
  return {
    includes: (change) =>
      change.op !== 'noop' &&
      databaseOf(change) === db &&
      !('at' in change && change.at.name.startsWith('system.')),
    shows: () => true,
    endsWith: (change) => change.op === 'dropDatabase' && change.db === db,
  };
}

export function clusterScope(): StreamScope {
  return {
    includes: (change) => change.op !== 'noop' && !SYSTEM_DATABASES.has(databaseOf(change)),
    shows: () => true,
    endsWith: () => false,
  };
}
