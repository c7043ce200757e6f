import { ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOperation } from '@nestjs/swagger';
import { TaskCompletion } from '../tasks/new-task.js';
import { Task, TaskReceipt } from '../tasks/task.js';
import { JsonAnswer, PUBLISH } from './describe.js';

export const DocumentCreateTask = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Create a task',
      description: 'Publishes `task.created` on `task:queue`, in one step with the state of the task.',
    }),
    JsonAnswer(201, 'Created; the same answer to a repeat.', TaskReceipt),
    ApiProblems(...PUBLISH),
  );

export const DocumentReadTask = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Read a task' }),
    JsonAnswer(200, 'The task.', Task),
    ApiProblems(
      HttpProblem.InvalidId,
      HttpProblem.InvalidQuery,
      HttpProblem.TaskNotFound,
      HttpProblem.StoreUnavailable,
    ),
  );

export const DocumentCompleteTask = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Complete a task',
      description:
        'Publishes `task.completed`, in one step with the state of the task. The body may be left out.',
    }),
    ApiBody({ required: false, type: TaskCompletion }),
    JsonAnswer(202, 'Completed; the same answer to a repeat with the same `Idempotency-Key`.', TaskReceipt),
    ApiProblems(...PUBLISH, HttpProblem.InvalidId, HttpProblem.TaskNotFound, HttpProblem.TaskCompleted),
  );
