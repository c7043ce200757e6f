import { HttpProblem, problemExample, PROBLEM_CATALOG } from '#libs/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

/** What every endpoint that takes input can answer. */
const EVERYWHERE = [HttpProblem.BadRequest, HttpProblem.TooManyRequests, HttpProblem.Internal];

/** Documents the problems of an endpoint, by status, with an example of each. */
export function ApiProblems(...problems: readonly HttpProblem[]): MethodDecorator {
  const byStatus = new Map<number, HttpProblem[]>();
  for (const problem of [...problems, ...EVERYWHERE]) {
    const { status } = PROBLEM_CATALOG[problem];
    byStatus.set(status, [...(byStatus.get(status) ?? []), problem]);
  }
  return applyDecorators(...[...byStatus].map(([status, ofStatus]) => problemResponse(status, ofStatus)));
}

function problemResponse(status: number, problems: readonly HttpProblem[]): MethodDecorator {
  const examples = problems.map((problem) => [
    PROBLEM_CATALOG[problem].code,
    { summary: PROBLEM_CATALOG[problem].title, value: problemExample(problem) },
  ]);
  return ApiResponse({
    status,
    description: problems.map((problem) => PROBLEM_CATALOG[problem].title).join('; '),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples) as Record<string, { summary: string; value: unknown }>,
      },
    },
  });
}
