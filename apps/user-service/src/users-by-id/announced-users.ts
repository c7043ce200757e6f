import {
  entityTag,
  evaluateForRead,
  identifiedPageAnswer,
  identifiedUserAnswer,
  matchesStrongly,
  matchesWeakly,
  preconditionFailed,
  recordNotFound,
  SYNC_POSITION_HEADER,
  type Conditions,
  type IdentifiedUserWrite,
} from '@redis-mongo-sync/records-http';
import { Answer, HttpProblem, ProblemError, type RequestContext } from '@redis-mongo-sync/service-kit';
import type { Alongside, MongoRecordsById, WriteCondition } from '@redis-mongo-sync/sync-adapters';
import { USERS, versionOf } from '@redis-mongo-sync/sync-core';
import type { ClientSession } from 'mongodb';
import { eventOf } from './user-event.js';
import type { OutboxEvent } from '../outbox/outbox-event.js';

interface AnnouncedUsersOptions {
  readonly store: MongoRecordsById;
  readonly outbox: { add(event: OutboxEvent, session: ClientSession): Promise<void> };
  /** Called after a write that left an event in the outbox. */
  readonly kick: () => void;
  readonly basePath: string;
}

/** Users by id, each write announced as an event: write and announcement are one transaction. */
export class AnnouncedUsers {
  constructor(private readonly options: AnnouncedUsersOptions) {}

  async read(id: string, conditions: Conditions): Promise<Answer> {
    const state = await this.options.store.get(id);
    switch (evaluateForRead(conditions, state)) {
      case 'failed':
        throw preconditionFailed(state);
      case 'not-modified':
        return new Answer(304, null, { etag: entityTag(versionOf(state)) });
      case 'holds':
        if (state.state !== 'live') throw recordNotFound(USERS, state);
        return identifiedUserAnswer(200, { id, ...state.record }, this.options.basePath);
    }
  }

  async list(page: { limit: number; after?: string }): Promise<Answer> {
    const { records, next } = await this.options.store.list(page);
    return identifiedPageAnswer(records, next);
  }

  async create({ email = '', fields }: IdentifiedUserWrite, context: RequestContext): Promise<Answer> {
    const result = await this.options.store.create(email, fields, this.announcing(context));
    if (result.outcome === 'taken') {
      throw new ProblemError(HttpProblem.EmailTaken, { extensions: { id: result.id } });
    }
    this.options.kick();
    return identifiedUserAnswer(201, result.record, this.options.basePath);
  }

  async replace(id: string, write: IdentifiedUserWrite, request: ConditionalRequest): Promise<Answer> {
    const { email: key, fields } = write;
    const condition = conditionOf(request.conditions);
    const command = { fields, condition, ...(key === undefined ? {} : { key }) };
    const result = await this.options.store.replace(id, command, this.announcing(request.context));
    switch (result.outcome) {
      case 'updated':
        this.options.kick();
        return identifiedUserAnswer(200, result.record, this.options.basePath);
      case 'taken':
        throw new ProblemError(HttpProblem.EmailTaken);
      case 'absent':
        throw recordNotFound(USERS, result.current);
      case 'precondition-failed':
        throw preconditionFailed(result.current);
    }
  }

  /** Deleting again is 204 as well, as long as the tombstone is kept. */
  async remove(id: string, { conditions, context }: ConditionalRequest): Promise<Answer> {
    const result = await this.options.store.remove(id, conditionOf(conditions), this.announcing(context));
    switch (result.outcome) {
      case 'removed':
        this.options.kick();
        return new Answer(204, null, { [SYNC_POSITION_HEADER]: String(result.version) });
      case 'absent':
        if (result.current.state === 'absent') throw recordNotFound(USERS, result.current);
        return new Answer(204);
      case 'precondition-failed':
        throw preconditionFailed(result.current);
    }
  }

  private announcing(context: RequestContext): Alongside {
    return (change, session) => this.options.outbox.add(eventOf(change, context, new Date()), session);
  }
}

interface ConditionalRequest {
  readonly conditions: Conditions;
  readonly context: RequestContext;
}

function conditionOf({ ifMatch, ifNoneMatch }: Conditions): WriteCondition {
  return (state) =>
    (ifMatch === undefined || matchesStrongly(ifMatch, state)) &&
    (ifNoneMatch === undefined || !matchesWeakly(ifNoneMatch, state));
}
