import { SYNC_POSITION_HEADER } from '@redis-mongo-sync/records-http';
import { Answer } from '@redis-mongo-sync/service-kit';
import type { ServiceAnswer } from '../forwarding/service-client.js';

/** Of the answers of the user service, clients get these headers. */
const PASSED_ON = ['content-type', 'etag', 'retry-after', 'cache-control', SYNC_POSITION_HEADER] as const;

interface Places {
  /** The path at the user service, e.g. `/users`. */
  readonly behind: string;
  /** The path here that stands for it, e.g. `/mongo-first/users`. */
  readonly here: string;
}

/** The answer of the user service as the gateway gives it to its client: problems included, places translated. */
export function passOn({ status, headers, text }: ServiceAnswer, { behind, here }: Places): Answer {
  const kept = PASSED_ON.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const { location } = headers;
  const place =
    typeof location === 'string' ? { location: `${here}${location.slice(behind.length)}` } : undefined;
  return new Answer(status, text === '' ? null : text, { ...Object.fromEntries(kept), ...place });
}
