import { encodedSize } from '../bson/index.js';
import type { Document } from '../values/index.js';
import { decodeToken, encodeToken } from './resume-token.js';

/**
 * An event that is too large as a row of smaller ones: the fields, in their order, over as many fragments as
 * it takes, each with a token of its own.
 */
export function splitEvent(event: Document, maxBytes: number): Document[] {
  const groups: Document[] = [];
  let group: Document = {};
  let bytes = 0;
  for (const [field, value] of Object.entries(event)) {
    if (field === '_id') continue;
    const size = encodedSize({ [field]: value });
    if (bytes > 0 && bytes + size > maxBytes) {
      groups.push(group);
      group = {};
      bytes = 0;
    }
    group[field] = value;
    bytes += size;
  }
  groups.push(group);
  const token = decodeToken(event._id);
  return groups.map((fields, fragment) => ({
    _id: encodeToken({ ...token, fragment }),
    splitEvent: { fragment: fragment + 1, of: groups.length },
    ...fields,
  }));
}
