import type { FastifyReply } from 'fastify';
import { REQUEST_ID_HEADER } from '../http/request-id.js';
import { PROBLEM_CONTENT_TYPE, problemBody } from './problem-body.js';
import type { ProblemError } from './problem-error.js';

/** A problem is no page. Refusals from before the hooks that protect pages are reached carry these all the same. */
export const PROBLEM_PROTECTION = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** Answers a request with a problem. */
export function sendProblem(reply: FastifyReply, error: ProblemError): void {
  const requestId = reply.request.id;
  void reply
    .status(error.status)
    .headers({
      ...error.details.headers,
      ...PROBLEM_PROTECTION,
      [REQUEST_ID_HEADER]: requestId,
      'cache-control': 'no-store',
    })
    .type(PROBLEM_CONTENT_TYPE)
    .send(JSON.stringify(problemBody(error, requestId)));
}
