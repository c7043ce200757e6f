import { canonicalJson, sharedFields, USERS, type JsonObject } from '@redis-mongo-sync/sync-core';
import { Agent, request } from 'undici';
import { plainFields, plainOfJson, type PlainFields } from '../../support/plain-values.js';
import type { Operation } from './operation.js';
import type { Told } from './told.js';

const TIMEOUT_MS = 12_000;
const METHODS = { upsert: 'POST', replace: 'PUT', merge: 'PATCH', delete: 'DELETE' } as const;

export interface HttpAnswer {
  readonly status: number;
  readonly version: number;
  readonly body: JsonObject;
}

/** Writes through the gateway, as clients of the product do. */
export class HttpClient {
  private readonly agent = new Agent({
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    connections: 64,
  });

  constructor(
    private readonly gatewayUrl: string,
    private readonly told: Told,
    private readonly now: () => number,
  ) {}

  async write(operation: Operation): Promise<void> {
    let answer: HttpAnswer;
    try {
      answer = await this.send(operation);
    } catch {
      this.told.doubt(operation); // the connection died, or no answer came in time
      return;
    }
    const { status, version, body } = answer;
    if (status < 300 && version > 0) {
      const text = operation.kind === 'delete' ? null : sharedText(plainFields(fieldsOf(body), plainOfJson));
      const source = operation.via === 'mongo-first' ? 'mongo' : 'redis';
      this.told.acknowledge({ operation, source, version, text, at: this.now() });
    } else if (status < 500) {
      this.told.refused += 1;
      if (![204, 404].includes(status)) this.told.surprise(`${status} ${codeOf(body)}`);
    } else {
      if (status !== 503) this.told.surprise(`${status} ${codeOf(body)}`);
      this.told.doubt(operation);
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async send({ via, kind, key, set }: Operation): Promise<HttpAnswer> {
    const path = kind === 'upsert' ? '' : `/${encodeURIComponent(key)}`;
    const response = await request(`${this.gatewayUrl}/${via}/users${path}`, {
      dispatcher: this.agent,
      method: METHODS[kind],
      headers: kind === 'delete' ? {} : { 'content-type': 'application/json' },
      body: kind === 'delete' ? null : JSON.stringify(kind === 'upsert' ? { email: key, ...set } : set),
    });
    const text = await response.body.text();
    const body = text === '' ? {} : (JSON.parse(text) as JsonObject);
    return { status: response.statusCode, version: Number(response.headers['sync-position'] ?? 0), body };
  }
}

/** Of a record as an answer shows it. */
function fieldsOf(body: JsonObject): JsonObject {
  const { own = [] } = (body._sync ?? {}) as { readonly own?: readonly string[] };
  const shown = ['version', 'updatedAt', 'source'].filter((name) => !own.includes(name));
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => name !== '_sync' && !shown.includes(name)),
  );
}

/** Shared fields only: what Mongo owns changes without a version. Values are in the form of `plain-values.ts`. */
export function sharedText(fields: PlainFields): string {
  return canonicalJson(sharedFields(USERS, fields));
}

/** The same of what a client sends. */
export function sentText(fields: JsonObject): string {
  return sharedText(plainFields(fields, plainOfJson));
}

function codeOf({ code }: JsonObject): string {
  return typeof code === 'string' ? code : 'without a code';
}
