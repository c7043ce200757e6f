import { ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { EXAMPLE_VERSION } from './examples.js';

/** What an endpoint does and answers, for the OpenAPI document; what it takes, its request classes say. */
interface EndpointDocs {
  readonly summary: string;
  readonly description?: string;
  readonly answers: readonly MethodDecorator[];
  readonly problems: readonly HttpProblem[];
}

export function DocumentEndpoint({ answers, problems, ...about }: EndpointDocs): MethodDecorator {
  return applyDecorators(ApiOperation(about), ...answers, ApiProblems(...problems));
}

export type Headers = Readonly<Record<string, ReturnType<typeof header>>>;

export const header = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const, example },
});

export const etag = header('The version, for `If-Match`.', `"${EXAMPLE_VERSION}"`);

interface AnswerDocs {
  readonly status: number;
  readonly description: string;
  readonly type?: new () => object;
  readonly example?: object;
  readonly headers?: Headers;
}

export const answer = ({ example, ...docs }: AnswerDocs): MethodDecorator =>
  ApiResponse({ ...docs, ...(example === undefined ? {} : { example }) });

export const NOT_MODIFIED = answer({
  status: 304,
  description: 'The user has the version that `If-None-Match` names.',
});

/** What a request with a body can be refused for. */
export const BODY_PROBLEMS = [
  HttpProblem.InvalidJson,
  HttpProblem.InvalidBody,
  HttpProblem.BodyTooLarge,
  HttpProblem.UnsupportedMediaType,
];
/** What a request with a query and conditions can be refused for. */
export const INPUT_PROBLEMS = [HttpProblem.InvalidQuery, HttpProblem.InvalidHeader];
