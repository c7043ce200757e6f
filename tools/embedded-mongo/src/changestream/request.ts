import { Timestamp } from 'bson';
import { commandError, unsupported } from '../errors.js';
import { assertOnlyFields } from '../commands/fields.js';
import { fromTimestamp } from '../store/clock.js';
import { isDocument, show, type Document } from '../values/index.js';
import { decodeToken, type ResumeToken } from './resume-token.js';

const IMAGES = ['off', 'whenAvailable', 'required'] as const;
const FULL_DOCUMENTS = ['default', 'updateLookup', 'whenAvailable', 'required'] as const;

type StreamStart =
  | { from: 'now' }
  | { from: 'time'; time: bigint }
  /** `restart`: an invalidated stream may be started after its end. */
  | { from: 'token'; token: ResumeToken; restart: boolean };

/** A `$changeStream` stage and what follows it. */
export interface StreamRequest {
  start: StreamStart;
  fullDocument: (typeof FULL_DOCUMENTS)[number];
  fullDocumentBeforeChange: (typeof IMAGES)[number];
  showExpandedEvents: boolean;
  allChangesForCluster: boolean;
  /** Stages run on each event. */
  pipeline: readonly Document[];
  splitLargeEvents: boolean;
}

const FIELDS = [
  'fullDocument',
  'fullDocumentBeforeChange',
  'resumeAfter',
  'startAfter',
  'startAtOperationTime',
  'showExpandedEvents',
  'allChangesForCluster',
];
const SPLIT = '$changeStreamSplitLargeEvent';
/** Stages of MongoDB that cannot follow `$changeStream`; any other name is none at all. */
const FORBIDDEN = new Set([
  '$out',
  '$merge',
  '$group',
  '$sort',
  '$limit',
  '$skip',
  '$lookup',
  '$graphLookup',
  '$unionWith',
  '$unwind',
  '$count',
  '$facet',
  '$bucket',
  '$bucketAuto',
  '$sample',
  '$sortByCount',
  '$setWindowFields',
  '$densify',
  '$fill',
  '$changeStream',
]);
const STAGES = new Set([
  '$match',
  '$project',
  '$addFields',
  '$set',
  '$unset',
  '$replaceRoot',
  '$replaceWith',
  '$redact',
  SPLIT,
]);

export function parseStreamRequest(spec: unknown, following: readonly Document[]): StreamRequest {
  if (!isDocument(spec)) throw commandError(50808, '$changeStream stage expects a document as argument');
  assertOnlyFields('$changeStream', spec, FIELDS);
  const pipeline = following.filter((stage) => !(SPLIT in stage));
  assertStages(following);
  return {
    start: parseStart(spec),
    fullDocument: oneOf(FULL_DOCUMENTS, spec, 'fullDocument') ?? 'default',
    fullDocumentBeforeChange: oneOf(IMAGES, spec, 'fullDocumentBeforeChange') ?? 'off',
    showExpandedEvents: spec.showExpandedEvents === true,
    allChangesForCluster: spec.allChangesForCluster === true,
    pipeline,
    splitLargeEvents: pipeline.length < following.length,
  };
}

function parseStart(spec: Document): StreamStart {
  const { resumeAfter, startAfter, startAtOperationTime } = spec;
  const given = [resumeAfter, startAfter, startAtOperationTime].filter((value) => value != null);
  if (given.length > 1) {
    throw commandError(
      40674,
      'Only one type of resume option is allowed, but multiple were found: resumeAfter, startAfter, startAtOperationTime.',
    );
  }
  if (startAfter != null) return { from: 'token', token: decodeToken(startAfter), restart: true };
  if (resumeAfter != null) {
    const token = decodeToken(resumeAfter);
    if (token.kind === 'invalidate') {
      throw commandError(
        260,
        "Attempting to resume a change stream using 'resumeAfter' is not allowed from an invalidate notification.",
      );
    }
    return { from: 'token', token, restart: false };
  }
  if (startAtOperationTime == null) return { from: 'now' };
  if (!(startAtOperationTime instanceof Timestamp)) {
    throw commandError(14, "BSON field '$changeStream.startAtOperationTime' must be a timestamp");
  }
  return { from: 'time', time: fromTimestamp(startAtOperationTime) };
}

function oneOf<T extends string>(allowed: readonly T[], spec: Document, field: string): T | undefined {
  const value = spec[field];
  if (value === undefined) return undefined;
  const found = allowed.find((name) => name === value);
  if (!found) {
    throw commandError(
      2,
      `Enumeration value '${show(value)}' for field '$changeStream.${field}' is not a valid value.`,
    );
  }
  return found;
}

function assertStages(stages: readonly Document[]): void {
  for (const [i, stage] of stages.entries()) {
    const [name = ''] = Object.keys(stage);
    if (!STAGES.has(name)) {
      throw FORBIDDEN.has(name)
        ? commandError(20, `${name} is not permitted in a $changeStream pipeline`)
        : commandError(40324, `Unrecognized pipeline stage name: '${name}'`);
    }
    if (name === SPLIT && i !== stages.length - 1) {
      throw unsupported(`${SPLIT} before other stages`);
    }
  }
}
