import { commandError } from '../errors.js';
import { asNumeric, isDocument, toDouble, type Document } from '../values/index.js';
import { assertOnlyFields } from './fields.js';

export function assertWriteConcern({ writeConcern: concern }: Document): void {
  if (concern === undefined) return;
  if (!isDocument(concern)) throw commandError(14, "BSON field 'writeConcern' must be an object");
  assertOnlyFields('writeConcern', concern, ['w', 'j', 'wtimeout', 'fsync', 'provenance']);
}

/** One node cannot give more than one acknowledgement; the write has happened nevertheless. */
export function writeConcernFailure({ writeConcern: concern }: Document): Document | undefined {
  const w = isDocument(concern) ? concern.w : undefined;
  if (toDouble(asNumeric(w) ?? 0) > 1) {
    return { code: 100, codeName: 'UnsatisfiableWriteConcern', errmsg: 'Not enough data-bearing nodes' };
  }
  if (typeof w === 'string' && w !== 'majority') {
    return {
      code: 79,
      codeName: 'UnknownReplWriteConcern',
      errmsg: `No write concern mode named '${w}' found`,
    };
  }
  return undefined;
}
