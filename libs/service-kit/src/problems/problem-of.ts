import { HttpException } from '@nestjs/common';
import { HttpProblem } from './http-problem.js';
import { ProblemError } from './problem-error.js';

/** Seconds after which a client may try again when something behind the service is down. */
export const RETRY_AFTER_SECONDS = '1';

/** Knows the errors of one part of the product. */
export type ProblemMapper = (error: unknown) => ProblemError | undefined;

/** The one place where errors of any kind become problems. What was not foreseen is `Internal`. */
export function problemOf(error: unknown, mappers: readonly ProblemMapper[] = []): ProblemError {
  if (error instanceof ProblemError) return error;
  for (const mapper of mappers) {
    const problem = mapper(error);
    if (problem) return problem;
  }
  const fastifyCode = fastifyCodeOf(error);
  if (fastifyCode !== undefined) {
    const problem = FASTIFY_PROBLEMS[fastifyCode];
    if (problem) return new ProblemError(problem, { cause: error });
  }
  if (error instanceof HttpException) return ofStatus(error);
  return new ProblemError(HttpProblem.Internal, { cause: error });
}

/** Nest hands Fastify's errors over as they are, or as the cause of an HttpException. */
function fastifyCodeOf(error: unknown): string | undefined {
  const inner = error instanceof HttpException ? error.cause : error;
  if (!(inner instanceof Error) || !('code' in inner)) return undefined;
  return typeof inner.code === 'string' ? inner.code : undefined;
}

const FASTIFY_PROBLEMS: Readonly<Record<string, HttpProblem>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: HttpProblem.InvalidJson,
  FST_ERR_CTP_INVALID_JSON_BODY: HttpProblem.InvalidJson,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: HttpProblem.BadRequest,
  FST_ERR_CTP_BODY_TOO_LARGE: HttpProblem.BodyTooLarge,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: HttpProblem.UnsupportedMediaType,
  FST_ERR_BAD_URL: HttpProblem.BadRequest,
  FST_ERR_MAX_PARAM_LENGTH: HttpProblem.UriTooLong,
};

const STATUS_PROBLEMS: Readonly<Record<number, HttpProblem>> = {
  400: HttpProblem.BadRequest,
  401: HttpProblem.Unauthorized,
  403: HttpProblem.Forbidden,
  404: HttpProblem.NotFound,
  405: HttpProblem.MethodNotAllowed,
  408: HttpProblem.RequestTimeout,
  409: HttpProblem.Conflict,
  412: HttpProblem.PreconditionFailed,
  413: HttpProblem.BodyTooLarge,
  414: HttpProblem.UriTooLong,
  415: HttpProblem.UnsupportedMediaType,
  422: HttpProblem.Unprocessable,
  429: HttpProblem.TooManyRequests,
  431: HttpProblem.HeadersTooLarge,
  503: HttpProblem.ServiceUnavailable,
};

function ofStatus(error: HttpException): ProblemError {
  const problem = STATUS_PROBLEMS[error.getStatus()];
  if (!problem) return new ProblemError(HttpProblem.Internal, { cause: error });
  return new ProblemError(problem, { detail: error.message, cause: error });
}
