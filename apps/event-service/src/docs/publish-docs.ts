import { ApiProblems, HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { BatchReport, EventReceipt } from '../publish/receipts.js';
import { JsonAnswer, PUBLISH } from './describe.js';

const Publishes = (summary: string, description: string, ...problems: readonly HttpProblem[]) =>
  applyDecorators(
    ApiOperation({ summary, description }),
    JsonAnswer(202, 'Published; its processing follows. The same answer to a repeat.', EventReceipt),
    ApiProblems(...PUBLISH, ...problems),
  );

export const DocumentChat = () => Publishes('Send a message', 'Publishes `message.sent` on `chat:messages`.');

export const DocumentLog = () =>
  Publishes('Write a log line', 'Publishes `system.info` or `system.error` on `system:logs`.');

export const DocumentCustom = () =>
  Publishes(
    'Publish an event on a stream of your own',
    "The stream is made when it is not there. Streams are called `{domain}:{action}`, types `{domain}.{action}`. The product's own keys are refused, as are `user:events` and `task:queue`, which have writers of their own; on `chat:messages` and `system:logs` the data must be what their endpoints would make.",
    HttpProblem.Unprocessable,
  );

export const DocumentBatch = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Publish up to 500 events',
      description:
        'Each event for itself, with a result each; or, with `atomic`, all of them in one step or none: then anything wrong refuses the whole batch.',
    }),
    JsonAnswer(202, 'All were published.', BatchReport),
    JsonAnswer(207, 'Some were rejected; `results` says which and why.', BatchReport),
    ApiProblems(...PUBLISH, HttpProblem.Unprocessable),
  );
