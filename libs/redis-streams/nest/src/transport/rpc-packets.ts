import { MessagingError } from '@redis-mongo-sync/redis-streams';

/** Streams of the transport are of their own kind: `rpc:<queue>` and `rpc:replies-<client>`. */
export const requestStream = (queue: string): string => `rpc:${queue}`;
export const REQUEST_TYPE = 'rpc.request';

interface RpcRequest {
  readonly pattern: string;
  readonly data: unknown;
  /** Key of the stream that replies go to. */
  readonly replyTo: string;
  /** Epoch ms; after it nobody waits any more, and the request is not handled (again). */
  readonly deadline: number;
}

export interface RpcReply {
  readonly id: string;
  /** Replies of one request, from 0. */
  readonly sequence: number;
  readonly response?: unknown;
  readonly err?: unknown;
  readonly isDisposed?: boolean;
}

/** A pattern is a stream, `tasks:created`, or one type of event in a stream, `user:events#user.created`. */
export function parsePattern(pattern: string): { readonly stream: string; readonly type: string | null } {
  const [stream = '', type = null, more] = pattern.split('#');
  if (more === undefined) return { stream, type };
  throw new MessagingError(
    'INVALID_NAME',
    `pattern ${pattern.slice(0, 80)}: {domain}:{action}[#{domain}.{action}]`,
  );
}

export function isRequest(data: unknown): data is RpcRequest {
  if (typeof data !== 'object' || data === null) return false;
  const { pattern, replyTo, deadline } = data as Partial<Record<keyof RpcRequest, unknown>>;
  return (
    typeof pattern === 'string' &&
    typeof deadline === 'number' &&
    typeof replyTo === 'string' &&
    /^rpc:replies-[0-9a-f-]{36}$/.test(replyTo)
  );
}
