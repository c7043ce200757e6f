import { describe, expect, it } from '@jest/globals';
import { HttpException, NotFoundException } from '@nestjs/common';
import { HttpProblem } from './http-problem.js';
import { PROBLEM_CATALOG } from './problem-catalog.js';
import { ProblemError } from './problem-error.js';
import { problemOf } from './problem-of.js';

describe('problems', () => {
  it('have codes of their own', () => {
    const kinds = Object.values(PROBLEM_CATALOG);
    expect(new Set(kinds.map(({ code }) => code)).size).toBe(kinds.length);
    expect(new Set(Object.values(HttpProblem)).size).toBe(kinds.length);
    for (const { status } of kinds) expect(status).toBeGreaterThanOrEqual(400);
  });

  it.each([
    [new ProblemError(HttpProblem.Conflict), HttpProblem.Conflict],
    [new RangeError('known'), HttpProblem.Unprocessable],
    [new NotFoundException(), HttpProblem.NotFound],
    [new HttpException('teapot', 418), HttpProblem.Internal],
    [Object.assign(new Error('x'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' }), HttpProblem.BodyTooLarge],
    [new Error('boom'), HttpProblem.Internal],
    ['boom', HttpProblem.Internal],
    [undefined, HttpProblem.Internal],
  ])('%s becomes %s', (error, problem) => {
    const known = (what: unknown) =>
      what instanceof RangeError ? new ProblemError(HttpProblem.Unprocessable) : undefined;
    expect(problemOf(error, [() => undefined, known]).problem).toBe(problem);
  });
});
