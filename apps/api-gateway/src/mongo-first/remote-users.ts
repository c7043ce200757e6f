import {
  encodeCursor,
  headersOf,
  pathSegment,
  RecordAnswer,
  SYNC_POSITION_HEADER,
  type Conditions,
  type RecordRemoval,
  type RecordsSide,
  type RecordWrite,
  type RecordWriteKind,
} from '@redis-mongo-sync/records-http';
import {
  HttpProblem,
  ProblemError,
  RETRY_AFTER_SECONDS,
  type RequestContext,
} from '@redis-mongo-sync/service-kit';
import type { Page } from '@redis-mongo-sync/sync-core';
import { passOn } from './pass-on.js';
import type { ServiceAnswer } from '../forwarding/service-client.js';
import type { UserServiceClient } from './user-service-client.js';

const SERVICE_PATH = '/users';

const METHODS = { upsert: 'POST', replace: 'PUT', merge: 'PATCH' } as const satisfies Record<
  RecordWriteKind,
  string
>;

/** The users behind the user service. Its answers, problems included, are passed on as they are. */
export class RemoteUsers implements RecordsSide {
  constructor(
    private readonly client: UserServiceClient,
    private readonly basePath: string,
  ) {}

  async read(email: string, conditions: Conditions, context: RequestContext): Promise<RecordAnswer> {
    const request = { method: 'GET', path: pathOf(email), headers: headersOf(conditions) } as const;
    return this.answerOf(await this.client.send(request, context));
  }

  async list({ limit, after }: Page, context: RequestContext): Promise<RecordAnswer> {
    const cursor = after === undefined ? '' : `&cursor=${encodeCursor(after)}`;
    const path = `${SERVICE_PATH}?limit=${limit}${cursor}`;
    return this.answerOf(await this.client.send({ method: 'GET', path }, context));
  }

  async write(write: RecordWrite, context: RequestContext): Promise<RecordAnswer> {
    const { kind, key: email, newKey, conditions } = write;
    const request = {
      method: METHODS[kind],
      path: kind === 'upsert' ? SERVICE_PATH : pathOf(email),
      headers: headersOf(conditions),
      body: JSON.stringify(bodyOf(write)),
    };
    const answer = this.answerOf(await this.client.send(request, context));
    return withWritten(answer, newKey === undefined ? [email] : [email, newKey]);
  }

  async remove({ key: email, conditions }: RecordRemoval, context: RequestContext): Promise<RecordAnswer> {
    const request = { method: 'DELETE', path: pathOf(email), headers: headersOf(conditions) } as const;
    return withWritten(this.answerOf(await this.client.send(request, context)), [email]);
  }

  async versionOf(email: string, context: RequestContext): Promise<number> {
    const { status, headers } = await this.read(email, {}, context);
    if (status === 200 || status === 404) return Number(headers[SYNC_POSITION_HEADER] ?? 0);
    throw new ProblemError(HttpProblem.ServiceUnavailable, {
      detail: `the user service answers ${status}`,
      headers: { 'retry-after': RETRY_AFTER_SECONDS },
      extensions: { service: 'user-service', store: 'mongo' },
    });
  }

  private answerOf(answer: ServiceAnswer): RecordAnswer {
    return new RecordAnswer(passOn(answer, { behind: SERVICE_PATH, here: this.basePath }));
  }
}

function pathOf(email: string): string {
  return `${SERVICE_PATH}/${pathSegment(email)}`;
}

/** The body that says what the validated write says. */
function bodyOf({ kind, key: email, newKey, set, unset }: RecordWrite): object {
  const removed = Object.fromEntries(unset.map((field) => [field, null]));
  const key = kind === 'upsert' ? { email } : newKey === undefined ? {} : { email: newKey };
  return { ...key, ...set, ...removed };
}

function withWritten(answer: RecordAnswer, keys: readonly string[]): RecordAnswer {
  const version = Number(answer.headers[SYNC_POSITION_HEADER] ?? 0);
  return answer.status < 300 && version > 0 ? new RecordAnswer(answer, { version, keys }) : answer;
}
