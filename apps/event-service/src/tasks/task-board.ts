import { EVENT_STREAMS } from '@redis-mongo-sync/event-contract';
import { encodeEvent, EVENT_FIELD, newEventId } from '@redis-mongo-sync/redis-streams';
import { HttpProblem, ProblemError } from '@redis-mongo-sync/service-kit';
import { withRedisErrors } from '@redis-mongo-sync/sync-adapters';
import { canonicalJson, type JsonObject } from '@redis-mongo-sync/sync-core';
import { Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { EventsSettings } from '../events-settings.js';
import { EventMetrics } from '../metrics/event-metrics.js';
import { repeatableId, traceOf, type EventOrigin } from '../publish/event-origin.js';
import { EVENT_SCRIPTS } from '../scripts.js';
import { Backlog } from '../streams/backlog.js';
import { EVENT_KEYS } from '../streams/event-keys.js';
import { StreamDirectory } from '../streams/stream-directory.js';
import type { NewTask, TaskCompletion } from './new-task.js';
import type { Task, TaskReceipt } from './task.js';

const STREAM = EVENT_STREAMS.tasks;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Tasks with their state. It changes in the same step that publishes the event, so that neither is there without the
 * other. A task's id is that of the event which created it.
 */
@Injectable()
export class TaskBoard {
  constructor(
    private readonly redis: Redis,
    private readonly directory: StreamDirectory,
    private readonly backlog: Backlog,
    private readonly metrics: EventMetrics,
    private readonly settings: EventsSettings,
  ) {}

  /** @throws ProblemError `EventIdReused`, `EventsBacklogged`; StoreUnavailableError */
  async create({ eventId, ...draft }: NewTask, origin: EventOrigin): Promise<TaskReceipt> {
    await this.admit();
    const taskId = repeatableId(eventId, origin, 'tasks') ?? newEventId();
    const now = new Date();
    const task: JsonObject = { taskId, ...draft };
    const { json } = encodeEvent(
      { id: taskId, type: 'task.created', key: taskId, data: task, ...envelope(origin, now) },
      now.getTime(),
    );
    const [outcome, entryId, there] = await withRedisErrors(() =>
      EVENT_SCRIPTS.createTask.run(
        this.redis,
        [STREAM, EVENT_KEYS.task(taskId)],
        [json, canonicalJson(task), now.toISOString(), EVENT_FIELD],
      ),
    );
    if (there !== canonicalJson(task)) {
      throw new ProblemError(HttpProblem.EventIdReused, { extensions: { eventId: taskId } });
    }
    const receipt = { eventId: taskId, stream: STREAM, entryId, type: 'task.created' };
    this.metrics.published(receipt, outcome === 'there');
    return { ...receipt, taskId, status: 'open' };
  }

  /** @throws ProblemError `TaskNotFound`, `TaskCompleted`, `EventsBacklogged`; StoreUnavailableError */
  async complete(taskId: string, completion: TaskCompletion, origin: EventOrigin): Promise<TaskReceipt> {
    await this.admit();
    const now = new Date();
    const eventId = `${taskId}:completed`; // it can happen once, and no task's own id has a colon
    const data = { taskId, ...completion, completedAt: now.toISOString() };
    const { json } = encodeEvent(
      {
        id: eventId,
        type: 'task.completed',
        key: taskId,
        causationId: taskId,
        data,
        ...envelope(origin, now),
      },
      now.getTime(),
    );
    const [outcome, entryId, completedAt] = await withRedisErrors(() =>
      EVENT_SCRIPTS.completeTask.run(
        this.redis,
        [STREAM, EVENT_KEYS.task(taskId)],
        [tokenOf(taskId, origin), json, now.toISOString(), this.settings.taskDays * DAY_MS, EVENT_FIELD],
      ),
    );
    if (outcome === 'unknown') throw new ProblemError(HttpProblem.TaskNotFound);
    if (outcome === 'already') {
      throw new ProblemError(HttpProblem.TaskCompleted, { extensions: { eventId, completedAt } });
    }
    const receipt = { eventId, stream: STREAM, entryId, type: 'task.completed' };
    this.metrics.published(receipt, outcome === 'repeated');
    return { ...receipt, taskId, status: 'completed' };
  }

  /** @throws ProblemError `TaskNotFound`; StoreUnavailableError */
  async read(taskId: string): Promise<Task> {
    const fields = await withRedisErrors(() =>
      this.redis.hmget(EVENT_KEYS.task(taskId), 'task', 'status', 'createdAt', 'completedAt'),
    );
    const [task, status, createdAt, completedAt] = fields;
    if (task == null) throw new ProblemError(HttpProblem.TaskNotFound);
    return {
      ...(JSON.parse(task) as Task),
      status: status === 'completed' ? 'completed' : 'open',
      createdAt: createdAt ?? '',
      ...(completedAt == null ? {} : { completedAt }),
    };
  }

  private async admit(): Promise<void> {
    this.backlog.check(STREAM);
    await this.directory.register(STREAM);
  }
}

function envelope(origin: EventOrigin, now: Date) {
  return { time: now.toISOString(), ...traceOf(origin) };
}

/** What a repeat of the request has in common with it; '' when the client gave nothing to tell it by. */
function tokenOf(taskId: string, origin: EventOrigin): string {
  return repeatableId(undefined, origin, `tasks/${taskId}/complete`) ?? '';
}
