import { ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOperation } from '@nestjs/swagger';
import { Answer, IdempotencyKey, PUBLISH, ref } from './describe.js';

const ACCEPTED = 'Published; its processing follows. The same answer to a repeat.';

export const DocumentChat = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Send a message', description: 'Publishes `message.sent` on `chat:messages`.' }),
    IdempotencyKey(),
    ApiBody({
      schema: ref('ChatMessage'),
      examples: { room: { value: { senderId: 'ada', roomId: 'lobby', content: 'Good morning' } } },
    }),
    Answer(202, ACCEPTED, 'EventReceipt'),
    ApiProblems(...PUBLISH),
  );

export const DocumentLog = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Write a log line',
      description: 'Publishes `system.info` or `system.error` on `system:logs`.',
    }),
    IdempotencyKey(),
    ApiBody({
      schema: ref('LogLine'),
      examples: { error: { value: { level: 'error', message: 'payment refused', service: 'billing' } } },
    }),
    Answer(202, ACCEPTED, 'EventReceipt'),
    ApiProblems(...PUBLISH),
  );

export const DocumentCustom = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Publish an event on a stream of your own',
      description:
        "The stream is made when it is not there. Streams are called `{domain}:{action}`, types `{domain}.{action}`. The product's own keys are refused, as are `user:events` and `task:queue`, which have writers of their own; on `chat:messages` and `system:logs` the data must be what their endpoints would make.",
    }),
    IdempotencyKey(),
    ApiBody({
      schema: ref('CustomEvent'),
      examples: {
        order: {
          value: { stream: 'orders:placed', type: 'order.placed', data: { orderId: 'o-1', total: 42 } },
        },
      },
    }),
    Answer(202, ACCEPTED, 'EventReceipt'),
    ApiProblems(...PUBLISH, HttpProblem.Unprocessable),
  );

export const DocumentBatch = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Publish up to 500 events',
      description:
        'Each event for itself, with a result each; or, with `atomic`, all of them in one step or none: then anything wrong refuses the whole batch.',
    }),
    IdempotencyKey(),
    ApiBody({
      schema: ref('EventBatch'),
      examples: {
        two: {
          value: {
            events: [
              { stream: 'orders:placed', type: 'order.placed', data: { orderId: 'o-1' } },
              { stream: 'system:logs', type: 'system.info', data: { message: 'o-1 was placed' } },
            ],
          },
        },
      },
    }),
    Answer(202, 'All were published.', 'BatchReport'),
    Answer(207, 'Some were rejected; `results` says which and why.', 'BatchReport'),
    ApiProblems(...PUBLISH, HttpProblem.Unprocessable),
  );
