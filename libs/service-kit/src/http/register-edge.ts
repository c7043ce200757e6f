import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServiceConfig } from '../config/service-config.js';
import { HttpProblem } from '../problems/http-problem.js';
import { ProblemError } from '../problems/problem-error.js';
import { sendProblem } from '../problems/send-problem.js';
import { parseJsonBody } from './json-body.js';
import { RateLimiter } from './rate-limiter.js';
import { REQUEST_ID_HEADER } from './request-id.js';

/** What happens to every request before and after its handler. */
export function registerEdge(fastify: FastifyInstance, config: ServiceConfig): void {
  acceptJsonOnly(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    done();
  });
  if (config.rateLimitPerSecond > 0) limitRate(fastify, config.rateLimitPerSecond);
  if (config.logLevel === 'debug') logRequests(fastify);
}

function acceptJsonOnly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, bodyOf(request, body as Buffer));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
}

function bodyOf({ method, headers }: FastifyRequest, bytes: Buffer): unknown {
  // Many clients declare JSON on every request; a DELETE has no body all the same.
  if (method === 'DELETE' && bytes.length === 0) return undefined;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new ProblemError(HttpProblem.UnsupportedMediaType, {
      detail: 'the body must not be compressed',
      headers: { 'accept-encoding': 'identity' },
    });
  }
  return parseJsonBody(bytes);
}

/** Refuses before the body is read. */
function limitRate(fastify: FastifyInstance, perSecond: number): void {
  const limiter = new RateLimiter(perSecond);
  fastify.addHook('onRequest', (request, reply, done) => {
    const wait = limiter.retryAfter(request.ip, Date.now());
    if (wait === 0) return done();
    const detail = `at most ${perSecond} requests per second`;
    const headers = { 'retry-after': String(wait) };
    sendProblem(reply, new ProblemError(HttpProblem.TooManyRequests, { detail, headers }));
  });
}

/** One line per answered request. The route's pattern stands in for the URL: URLs hold e-mail addresses. */
function logRequests(fastify: FastifyInstance): void {
  const logger = new Logger('Http');
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? '(no route)';
    const ms = reply.elapsedTime.toFixed(1);
    logger.debug(`${request.method} ${route} ${reply.statusCode} ${ms} ms, request ${request.id}`);
    done();
  });
}
