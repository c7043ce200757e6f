import {
  HttpProblem,
  ProblemError,
  RETRY_AFTER_SECONDS,
  REQUEST_ID_HEADER,
  type RequestContext,
} from '@redis-mongo-sync/service-kit';
import { Pool, type Dispatcher } from 'undici';

export interface UserServiceOptions {
  /** Origin, e.g. `http://127.0.0.1:3001`. */
  readonly url: string;
  readonly timeoutMs: number;
}

export interface UserServiceRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface UserServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const CONNECTIONS = 128;
const CONNECT_TIMEOUT_MS = 1_000;
const KEEP_ALIVE_MS = 30_000;

/** HTTP to the user service, over connections that are kept. */
export class UserServiceClient {
  private readonly pool: Pool;

  constructor({ url, timeoutMs }: UserServiceOptions) {
    this.pool = new Pool(url, {
      connections: CONNECTIONS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  /** @throws ProblemError `ServiceUnavailable` when there is no answer. An answer of any status is one. */
  async send(request: UserServiceRequest, context: RequestContext): Promise<UserServiceAnswer> {
    const { method, path, body } = request;
    try {
      const answer = await this.pool.request({
        method,
        path,
        headers: {
          ...request.headers,
          ...headersOfContext(context),
          ...(body === undefined ? {} : JSON_BODY),
        },
        ...(body === undefined ? {} : { body }),
        ...(context.signal ? { signal: context.signal } : {}),
      });
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    } catch (error) {
      throw noAnswer(error);
    }
  }

  /** What the user service says of MongoDB. @throws ProblemError when it does not answer itself */
  async mongoHealth(context: RequestContext): Promise<'up' | 'down'> {
    const { status } = await this.send({ method: 'GET', path: '/users/health' }, context);
    return status === 200 ? 'up' : 'down';
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

const JSON_BODY = { 'content-type': 'application/json' };

function headersOfContext({ requestId, traceparent }: RequestContext): Record<string, string> {
  return { [REQUEST_ID_HEADER]: requestId, ...(traceparent === undefined ? {} : { traceparent }) };
}

function noAnswer(error: unknown): ProblemError {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return new ProblemError(HttpProblem.ServiceUnavailable, {
    detail: `the user service does not answer${code}; a write may or may not have happened, and can be sent again`,
    headers: { 'retry-after': RETRY_AFTER_SECONDS },
    extensions: { service: 'user-service', store: 'mongo' },
    cause: error,
  });
}
