import { commandError } from '../errors.js';
import type { Change } from '../store/change.js';
import { toTimestamp } from '../store/clock.js';
import type { OplogEntry } from '../store/oplog.js';
import type { Document } from '../values/index.js';
import { nonResumable } from './errors.js';
import type { StreamRequest } from './request.js';
import { encodeToken } from './resume-token.js';

type DataChange = Extract<Change, { key: string }>;
type Update = Extract<Change, { op: 'update' }>;

/** What an event needs besides its change: the document as it is now, for `updateLookup`. */
export type Lookup = (change: DataChange) => Document | undefined;

/** The event a change leads to in a stream with these settings; undefined when it shows none. */
export function toEvent(entry: OplogEntry, request: StreamRequest, lookup: Lookup): Document | undefined {
  const { change } = entry;
  switch (change.op) {
    case 'insert':
      return {
        ...head(entry, request, 'insert'),
        fullDocument: change.doc,
        ...tail(change, change.doc._id),
      };
    case 'update':
      return updateEvent(entry, change, { request, lookup });
    case 'delete':
      return {
        ...head(entry, request, 'delete'),
        ...tail(change, change.id),
        ...beforeChange(change.pre, request),
      };
    case 'drop':
      return { ...head(entry, request, 'drop'), ns: namespace(change.at) };
    case 'rename':
      return renameEvent(entry, change, request);
    case 'dropDatabase':
      return { ...head(entry, request, 'dropDatabase'), ns: { db: change.db } };
    case 'noop':
      return undefined;
    default:
      return request.showExpandedEvents ? definitionEvent(entry, change, request) : undefined;
  }
}

export function invalidateEvent(entry: OplogEntry): Document {
  return {
    _id: encodeToken({ ...entry, kind: 'invalidate' }),
    operationType: 'invalidate',
    clusterTime: toTimestamp(entry.time),
    wallTime: entry.wall,
  };
}

function head(entry: OplogEntry, request: StreamRequest, operationType: string): Document {
  const { change, time, wall, transaction } = entry;
  return {
    _id: encodeToken({ time, index: entry.index, kind: 'event' }),
    operationType,
    clusterTime: toTimestamp(time),
    ...(request.showExpandedEvents && 'uuid' in change && { collectionUUID: change.uuid }),
    wallTime: wall,
    ...(transaction && { lsid: transaction.lsid, txnNumber: transaction.txnNumber }),
  };
}

function tail({ at }: DataChange, id: unknown): Document {
  return { ns: namespace(at), documentKey: { _id: id } };
}

function namespace({ db, name }: { db: string; name: string }): Document {
  return { db, coll: name };
}

function updateEvent(
  entry: OplogEntry,
  change: Update,
  { request, lookup }: { request: StreamRequest; lookup: Lookup },
): Document {
  const { doc, description, pre } = change;
  const rest = tail(change, doc._id);
  if (!description) {
    return { ...head(entry, request, 'replace'), fullDocument: doc, ...rest, ...beforeChange(pre, request) };
  }
  const { disambiguatedPaths, ...shown } = description;
  return {
    ...head(entry, request, 'update'),
    ...rest,
    updateDescription: request.showExpandedEvents
      ? { ...shown, disambiguatedPaths: disambiguatedPaths ?? {} }
      : shown,
    ...afterUpdate(change, request, lookup),
    ...beforeChange(pre, request),
  };
}

function afterUpdate(change: Update, { fullDocument }: StreamRequest, lookup: Lookup): Document {
  switch (fullDocument) {
    case 'default':
      return {};
    case 'updateLookup':
      return { fullDocument: lookup(change) ?? null };
    case 'whenAvailable':
      return { fullDocument: change.pre ? change.doc : null };
    case 'required':
      if (change.pre) return { fullDocument: change.doc };
      throw nonResumable(
        commandError(
          47,
          'Change stream was configured to require a post-image for all update events, but the post-image was not found',
        ),
      );
  }
}

function beforeChange(pre: Document | undefined, { fullDocumentBeforeChange }: StreamRequest): Document {
  if (fullDocumentBeforeChange === 'off') return {};
  if (pre) return { fullDocumentBeforeChange: pre };
  if (fullDocumentBeforeChange === 'whenAvailable') return { fullDocumentBeforeChange: null };
  throw nonResumable(
    commandError(
      47,
      'Change stream was configured to require a pre-image for all update, delete and replace events, but the pre-image was not found',
    ),
  );
}

function renameEvent(
  entry: OplogEntry,
  change: Extract<Change, { op: 'rename' }>,
  request: StreamRequest,
): Document {
  const to = namespace(change.to);
  const { dropTarget } = change;
  return {
    ...head(entry, request, 'rename'),
    ns: namespace(change.at),
    to,
    ...(request.showExpandedEvents && { operationDescription: { to, ...(dropTarget && { dropTarget }) } }),
  };
}

function definitionEvent(
  entry: OplogEntry,
  change: Extract<Change, { op: 'create' | 'createIndexes' | 'dropIndexes' | 'modify' }>,
  request: StreamRequest,
): Document {
  const event = (operationType: string, operationDescription: Document): Document => ({
    ...head(entry, request, operationType),
    ns: namespace(change.at),
    operationDescription,
  });
  switch (change.op) {
    case 'create':
      return event('create', { idIndex: { v: 2, key: { _id: 1 }, name: '_id_' }, ...change.options });
    case 'createIndexes':
    case 'dropIndexes':
      return event(change.op, { indexes: change.indexes });
    case 'modify':
      return event('modify', change.request);
  }
}
