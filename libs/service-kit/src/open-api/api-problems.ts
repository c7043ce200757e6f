import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { HttpProblem } from '../problems/http-problem.js';
import { problemExample } from '../problems/problem-body.js';
import { PROBLEM_CATALOG } from '../problems/problem-catalog.js';

/** What every endpoint that takes input can answer. */
const EVERYWHERE = [HttpProblem.BadRequest, HttpProblem.TooManyRequests, HttpProblem.Internal];

/** Documents the problems of an endpoint, by status, with an example of each. */
export function ApiProblems(...problems: readonly HttpProblem[]): MethodDecorator {
  const responses = problemResponses([...problems, ...EVERYWHERE]);
  return applyDecorators(
    ...Object.entries(responses).map(([status, response]) =>
      ApiResponse({ status: Number(status), ...response }),
    ),
  );
}

/** The response objects of these problems, by status. */
export function problemResponses(problems: readonly HttpProblem[]): Record<string, ProblemResponse> {
  const byStatus = new Map<number, HttpProblem[]>();
  for (const problem of problems) {
    const { status } = PROBLEM_CATALOG[problem];
    byStatus.set(status, [...(byStatus.get(status) ?? []), problem]);
  }
  return Object.fromEntries([...byStatus].map(([status, ofStatus]) => [status, problemResponse(ofStatus)]));
}

export interface ProblemResponse {
  readonly description: string;
  readonly content: Record<
    string,
    { schema: { $ref: string }; examples: Record<string, { summary: string; value: unknown }> }
  >;
}

function problemResponse(problems: readonly HttpProblem[]): ProblemResponse {
  const examples = problems.map((problem) => [
    PROBLEM_CATALOG[problem].code,
    { summary: PROBLEM_CATALOG[problem].title, value: problemExample(problem) },
  ]);
  return {
    description: problems.map((problem) => PROBLEM_CATALOG[problem].title).join('; '),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples) as Record<string, { summary: string; value: unknown }>,
      },
    },
  };
}
