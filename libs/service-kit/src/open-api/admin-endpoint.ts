import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { HttpProblem } from '../problems/http-problem.js';
import { ApiProblems } from './api-problems.js';

/** Documents that an endpoint needs the administrator's token, as `AdminTokenGuard` enforces it. */
export const AdminEndpoint = (): MethodDecorator =>
  applyDecorators(ApiBearerAuth('admin'), ApiProblems(HttpProblem.Unauthorized, HttpProblem.Forbidden));
