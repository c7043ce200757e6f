import { HttpProblem, NoQuery, ProblemError, StrictQuery } from '@redis-mongo-sync/service-kit';
import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DocumentCompleteTask, DocumentCreateTask, DocumentReadTask } from '../docs/tasks-docs.js';
import { BodyReader } from '../publish/body-reader.js';
import { originOf } from '../publish/event-identity.js';
import { readCompletion, readTask } from './parse-task.js';
import { TaskBoard, type Task, type TaskReceipt } from './task-board.js';

/** No colon: the events of a task are named with one. */
const TASK_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const TASK_ID_RULE = 'must have 1 to 100 letters, digits, dots, - and _';

/** Tasks: events with a state. */
@ApiTags('events')
@Controller('api/events/tasks')
export class TasksController {
  constructor(private readonly tasks: TaskBoard) {}

  @Post()
  @DocumentCreateTask()
  async create(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const origin = originOf(request);
    const reader = new BodyReader(request.body);
    const eventId = reader.raw('eventId');
    if (eventId !== undefined && !(typeof eventId === 'string' && TASK_ID.test(eventId))) {
      reader.refuse('eventId', TASK_ID_RULE);
    }
    const draft = readTask(reader);
    reader.end();
    reader.throwIfWrong();
    const receipt = await this.tasks.create(draft, origin, eventId as string | undefined);
    await reply.code(201).header('location', `/api/events/tasks/${receipt.taskId}`).send(receipt);
  }

  @Get(':id')
  @DocumentReadTask()
  read(@Param('id') id: string, @StrictQuery(NoQuery) _query: NoQuery): Promise<Task> {
    return this.tasks.read(taskIdOf(id));
  }

  @Post(':id/complete')
  @HttpCode(202)
  @DocumentCompleteTask()
  complete(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
  ): Promise<TaskReceipt> {
    const origin = originOf(request);
    const taskId = taskIdOf(id);
    const reader = new BodyReader(request.body ?? {});
    const completion = readCompletion(reader);
    reader.end();
    reader.throwIfWrong();
    return this.tasks.complete(taskId, completion, origin);
  }
}

function taskIdOf(id: string): string {
  if (TASK_ID.test(id)) return id;
  throw new ProblemError(HttpProblem.InvalidId, {
    detail: `id ${TASK_ID_RULE}`,
    errors: [{ in: 'path', field: 'id', message: TASK_ID_RULE }],
  });
}
