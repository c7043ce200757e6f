import { ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam } from '@nestjs/swagger';
import { Answer, IdempotencyKey, PUBLISH, ref } from './describe.js';
import { TASK_EXAMPLE, TASK_RECEIPT_EXAMPLE } from './event-schemas.js';

const TaskId = () =>
  ApiParam({ name: 'id', description: '`taskId` of the creation.', example: TASK_RECEIPT_EXAMPLE.taskId });

export const DocumentCreateTask = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Create a task',
      description: 'Publishes `task.created` on `task:queue`, in one step with the state of the task.',
    }),
    IdempotencyKey(),
    ApiBody({ schema: ref('NewTask'), examples: { task: { value: TASK_EXAMPLE } } }),
    Answer(201, 'Created; the same answer to a repeat.', 'TaskReceipt'),
    ApiProblems(...PUBLISH),
  );

export const DocumentReadTask = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Read a task' }),
    TaskId(),
    Answer(200, 'The task.', 'Task'),
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
    TaskId(),
    IdempotencyKey(),
    ApiBody({
      required: false,
      schema: ref('TaskCompletion'),
      examples: { done: { value: { completedBy: 'grace', result: { pages: 2 } } } },
    }),
    Answer(202, 'Completed; the same answer to a repeat with the same `Idempotency-Key`.', 'TaskReceipt'),
    ApiProblems(...PUBLISH, HttpProblem.InvalidId, HttpProblem.TaskNotFound, HttpProblem.TaskCompleted),
  );
