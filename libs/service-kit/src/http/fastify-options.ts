import type {
  ConnectionError,
  FastifyError,
  FastifyHttpOptions,
  FastifyReply,
  FastifyRequest,
} from 'fastify';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ServiceConfig } from '../config/service-config.js';
import { HttpProblem } from '../problems/http-problem.js';
import { PROBLEM_CONTENT_TYPE, problemBody } from '../problems/problem-body.js';
import { ProblemError } from '../problems/problem-error.js';
import { problemOf } from '../problems/problem-of.js';
import { PROBLEM_PROTECTION, sendProblem } from '../problems/send-problem.js';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.js';

/** A percent-encoded e-mail of 254 characters fits; longer paths are refused by the router. */
const MAX_PARAM_LENGTH = 1024;

/** How often the server looks for clients that are too slow, as a share of the shortest deadline. */
const CHECKS_PER_DEADLINE = 4;

/** Fastify as every service runs it: bounded in size and time, with its own refusals as problems. */
export function fastifyOptions(config: ServiceConfig) {
  return {
    bodyLimit: config.bodyLimitBytes,
    connectionTimeout: config.idleTimeoutMs,
    requestTimeout: config.requestTimeoutMs,
    http: {
      headersTimeout: Math.min(config.headersTimeoutMs, config.requestTimeoutMs),
      // Node looks every 30 s unless told: slow clients would hold their connections three times as long as meant.
      connectionsCheckingInterval: Math.ceil(
        Math.min(config.headersTimeoutMs, config.requestTimeoutMs) / CHECKS_PER_DEADLINE,
      ),
    },
    keepAliveTimeout: config.idleTimeoutMs,
    forceCloseConnections: 'idle',
    // A request on a kept connection is served while the service drains; new connections are not accepted.
    return503OnClosing: false,
    ...(config.trustProxyHops > 0 ? { trustProxy: trustHops(config.trustProxyHops) } : {}),
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId: requestIdOf,
    requestIdHeader: false,
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(reply, problemOf(error));
    },
    clientErrorHandler: refuseConnection,
  } satisfies FastifyHttpOptions<Server>;
}

const trustHops = (hops: number) => (_address: string, hop: number) => hop < hops;

const CONNECTION_PROBLEMS: Readonly<Record<string, HttpProblem>> = {
  HPE_HEADER_OVERFLOW: HttpProblem.HeadersTooLarge,
  ERR_HTTP_REQUEST_TIMEOUT: HttpProblem.RequestTimeout,
};

/** What cannot be parsed as HTTP never becomes a request; it is answered on the bare socket. */
function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const { status, body, headers } = refusal(CONNECTION_PROBLEMS[error.code] ?? HttpProblem.BadRequest);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  // One that does not take the refusal does not keep its connection either.
  setTimeout(() => socket.destroy(), REFUSAL_TAKEN_MS).unref();
}

const REFUSAL_TAKEN_MS = 1_000;

/** `Expect` with anything but `100-continue`, which Node would answer with a bare 417. */
export function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const { status, body, headers } = refusal(HttpProblem.BadRequest);
  response.writeHead(status, headers).end(body);
}

function refusal(kind: HttpProblem) {
  const problem = new ProblemError(kind);
  const requestId = requestIdOf({ headers: {} });
  const body = JSON.stringify(problemBody(problem, requestId));
  const headers = {
    'content-type': PROBLEM_CONTENT_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    [REQUEST_ID_HEADER]: requestId,
    ...PROBLEM_PROTECTION,
  };
  return { status: problem.status, body, headers };
}
