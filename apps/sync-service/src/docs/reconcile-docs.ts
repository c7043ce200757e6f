import { AdminEndpoint, ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';

/*
 * The OpenAPI descriptions of reconcile, kept out of the controller so that it stays readable.
 */

const answer = (status: number, description: string, schema: string) =>
  ApiResponse({
    status,
    description,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
  });

const RunId = () => ApiParam({ name: 'id', description: '`id` of the run' });

export const DocumentReconcile = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({
      summary: 'Compare both stores',
      description: 'Without a body: a look at a random sample that changes nothing. One run at a time.',
    }),
    ApiBody({
      required: true,
      schema: { $ref: '#/components/schemas/ReconcileRequest' },
    }),
    answer(200, 'The sample was looked at.', 'ReconcileRun'),
    answer(202, 'The full run has started; read it at `GET /reconcile/:id`.', 'ReconcileRun'),
    ApiProblems(
      HttpProblem.InvalidJson,
      HttpProblem.InvalidBody,
      HttpProblem.UnsupportedMediaType,
      HttpProblem.BodyTooLarge,
      HttpProblem.Conflict,
    ),
  );

export const DocumentReconcileRuns = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({ summary: 'The last runs of this process, newest first' }),
    answer(200, 'The runs.', 'ReconcileRuns'),
    ApiProblems(),
  );

export const DocumentReconcileRun = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({ summary: 'One run: how far it is, or what it found' }),
    RunId(),
    answer(200, 'The run.', 'ReconcileRun'),
    ApiProblems(HttpProblem.NotFound),
  );

export const DocumentCancel = (): MethodDecorator =>
  applyDecorators(
    AdminEndpoint(),
    ApiOperation({ summary: 'End a run', description: 'What it has repaired stays repaired.' }),
    RunId(),
    answer(200, 'The run, ended.', 'ReconcileRun'),
    ApiProblems(HttpProblem.NotFound),
  );
