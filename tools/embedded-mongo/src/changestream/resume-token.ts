import { commandError } from '../errors.js';
import type { OplogPosition } from '../store/oplog.js';
import { isDocument, show } from '../values/index.js';

/**
 * `high-water`: nothing up to here is left to come. `event` and `invalidate` stand for what a change led to;
 * a fragment is one part of an event that was split.
 */
export type TokenKind = 'high-water' | 'event' | 'invalidate';

export interface ResumeToken extends OplogPosition {
  kind: TokenKind;
  fragment?: number;
}

const KINDS: readonly TokenKind[] = ['high-water', 'event', 'invalidate'];
const END_OF_TIME = 0xffffffff;

/** Opaque for clients, and in the order of the events when compared as text. */
export function encodeToken({ time, index, kind, fragment }: ResumeToken): { _data: string } {
  const parts = ['82', hex(time, 16), hex(index, 8), hex(KINDS.indexOf(kind), 2)];
  if (fragment !== undefined) parts.push(hex(fragment, 4));
  return { _data: parts.join('') };
}

export function highWaterMark(time: bigint): { _data: string } {
  return encodeToken({ time, index: END_OF_TIME, kind: 'high-water' });
}

export function decodeToken(token: unknown): ResumeToken {
  const data = isDocument(token) ? token._data : undefined;
  const match =
    typeof data === 'string' ? /^82([\dA-F]{16})([\dA-F]{8})0([012])([\dA-F]{4})?$/.exec(data) : null;
  if (!match) throw commandError(260, `Bad resume token: ${show(token)}`);
  const [, time, index, kind, fragment] = match;
  return {
    time: BigInt(`0x${time}`),
    index: Number.parseInt(index ?? '', 16),
    kind: KINDS[Number(kind)] ?? 'event',
    ...(fragment !== undefined && { fragment: Number.parseInt(fragment, 16) }),
  };
}

function hex(value: number | bigint, digits: number): string {
  return value.toString(16).padStart(digits, '0').toUpperCase();
}
