import type {
  ConnectionError,
  FastifyError,
  FastifyHttpOptions,
  FastifyReply,
  FastifyRequest,
} from 'fastify';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ServiceConfig } from '../config/service-config.js';
import { HttpProblem } from '../problems/http-problem.js';
import { PROBLEM_CONTENT_TYPE, problemBody } from '../problems/problem-body.js';
import { ProblemError } from '../problems/problem-error.js';
import { problemOf } from '../problems/problem-of.js';
import { sendProblem } from '../problems/send-problem.js';
import { requestIdOf } from './request-id.js';

/** A percent-encoded e-mail of 254 characters fits; longer paths are refused by the router. */
const MAX_PARAM_LENGTH = 1024;

/** Longer than the longest wait a client may ask for (30 s), so that no wait is cut off. */
const SOCKET_IDLE_MS = 75_000;
const REQUEST_RECEIVE_MS = 15_000;
const HEADERS_RECEIVE_MS = 10_000;

/** Fastify as every service runs it: bounded in size and time, with its own refusals as problems. */
export function fastifyOptions(config: ServiceConfig) {
  return {
    bodyLimit: config.bodyLimitBytes,
    connectionTimeout: SOCKET_IDLE_MS,
    requestTimeout: REQUEST_RECEIVE_MS,
    http: { headersTimeout: HEADERS_RECEIVE_MS },
    keepAliveTimeout: SOCKET_IDLE_MS,
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
  const problem = new ProblemError(CONNECTION_PROBLEMS[error.code] ?? HttpProblem.BadRequest);
  const body = JSON.stringify(problemBody(problem, requestIdOf({ headers: {} })));
  const head = [
    `HTTP/1.1 ${problem.status} Refused`,
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
