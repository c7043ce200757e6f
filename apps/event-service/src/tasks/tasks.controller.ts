import { Answer, Context, NoQuery, RequestHeaders, type RequestContext } from '@redis-mongo-sync/service-kit';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DocumentCompleteTask, DocumentCreateTask, DocumentReadTask } from '../docs/tasks-docs.js';
import { RepeatHeaders } from '../publish/event-origin.js';
import { NewTask, TaskCompletion, TaskPath } from './new-task.js';
import { TaskBoard } from './task-board.js';
import type { Task, TaskReceipt } from './task.js';

/** Tasks: events with a state. */
@ApiTags('events')
@Controller('api/events/tasks')
export class TasksController {
  constructor(private readonly tasks: TaskBoard) {}

  @Post()
  @DocumentCreateTask()
  async create(
    @Body() task: NewTask,
    @Query() _query: NoQuery,
    @RequestHeaders(RepeatHeaders) repeat: RepeatHeaders,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    const receipt = await this.tasks.create(task, { ...repeat, context });
    return new Answer(201, receipt, { location: `/api/events/tasks/${receipt.taskId}` });
  }

  @Get(':id')
  @DocumentReadTask()
  read(@Param() { id }: TaskPath, @Query() _query: NoQuery): Promise<Task> {
    return this.tasks.read(id);
  }

  @Post(':id/complete')
  @HttpCode(202)
  @DocumentCompleteTask()
  complete(
    @Param() { id }: TaskPath,
    @Body() completion: TaskCompletion,
    @Query() _query: NoQuery,
    @RequestHeaders(RepeatHeaders) repeat: RepeatHeaders,
    @Context() context: RequestContext,
  ): Promise<TaskReceipt> {
    return this.tasks.complete(id, completion, { ...repeat, context });
  }
}
