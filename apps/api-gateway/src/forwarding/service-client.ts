import {
  HttpProblem,
  ProblemError,
  REQUEST_ID_HEADER,
  RETRY_AFTER_SECONDS,
  type RequestContext,
} from '@redis-mongo-sync/service-kit';
import type { Readable } from 'node:stream';
import { Pool, type Dispatcher } from 'undici';

export interface ServiceClientOptions {
  /** As problems name it, e.g. `user-service`. */
  readonly service: string;
  /** Origin, e.g. `http://127.0.0.1:3001`. */
  readonly url: string;
  /** How long an answer may be waited for. */
  readonly timeoutMs: number;
  /** Most connections; null where clients hold theirs, as followers do. */
  readonly connections: number | null;
  /** The store that is out of reach without this service. */
  readonly store?: string;
}

export interface ServiceRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

type ServiceHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: ServiceHeaders;
  readonly text: string;
}

/** A request that is passed on as it came. */
interface ForwardedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer | null;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** How long an answer that has begun may be silent. */
  readonly silenceMs: number;
}

export interface ForwardedAnswer {
  readonly status: number;
  readonly headers: ServiceHeaders;
  /** As it comes; destroying it closes the connection. */
  readonly body: Readable;
}

const CONNECT_TIMEOUT_MS = 1_000;
const KEEP_ALIVE_MS = 30_000;

/** HTTP to a service behind the gateway, over connections that are kept. An answer of any status is an answer. */
export class ServiceClient {
  private readonly pool: Pool;

  constructor(private readonly options: ServiceClientOptions) {
    const { url, timeoutMs, connections } = options;
    this.pool = new Pool(url, {
      connections,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  /** @throws ProblemError `ServiceUnavailable` when there is no answer */
  async send(request: ServiceRequest, context: RequestContext): Promise<ServiceAnswer> {
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
      throw this.noAnswer(error);
    }
  }

  /** Passes a request on, and resolves when the answer begins. @throws ProblemError `ServiceUnavailable` */
  async forward({ silenceMs, ...request }: ForwardedRequest): Promise<ForwardedAnswer> {
    try {
      const answer = await this.pool.request({ ...request, bodyTimeout: silenceMs });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    } catch (error) {
      throw this.noAnswer(error);
    }
  }

  /** Lets answers under way end. */
  close(): Promise<void> {
    return this.pool.close();
  }

  private noAnswer(error: unknown): ProblemError {
    const { service, store } = this.options;
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return new ProblemError(HttpProblem.ServiceUnavailable, {
      detail: `the ${service.replace('-', ' ')} does not answer${code}; a write may or may not have happened, and can be sent again`,
      headers: { 'retry-after': RETRY_AFTER_SECONDS },
      extensions: { service, ...(store === undefined ? {} : { store }) },
      cause: error,
    });
  }
}

const JSON_BODY = { 'content-type': 'application/json' };

function headersOfContext({ requestId, traceparent }: RequestContext): Record<string, string> {
  return { [REQUEST_ID_HEADER]: requestId, ...(traceparent === undefined ? {} : { traceparent }) };
}
