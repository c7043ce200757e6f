import type { FastifyReply } from 'fastify';
import { REQUEST_ID_HEADER } from '../http/request-id.js';
import { PROBLEM_CONTENT_TYPE, problemBody } from './problem-body.js';
import type { ProblemError } from './problem-error.js';

/** Answers a request with a problem. */
export function sendProblem(reply: FastifyReply, error: ProblemError): void {
  const requestId = reply.request.id;
  void reply
    .status(error.status)
    .headers({ ...error.details.headers, [REQUEST_ID_HEADER]: requestId, 'cache-control': 'no-store' })
    .type(PROBLEM_CONTENT_TYPE)
    .send(JSON.stringify(problemBody(error, requestId)));
}
