import { canonicalJson, type JsonObject } from '@redis-mongo-sync/sync-core';
import { Pool } from 'undici';
import { keyOf, profileOf, type AcknowledgedWrites, type Written } from '../records.js';
import { answerWith } from '../rig/worker.js';

export interface HttpTask {
  readonly origin: string;
  readonly path: string;
  readonly count: number;
  /** Connections, each with one request at a time. */
  readonly concurrency: number;
}

interface UserBody extends JsonObject {
  readonly email: string;
  readonly version: number;
}

/** Writes new users through the gateway, as fast as it answers. */
await answerWith<HttpTask, Written>(async ({ origin, path, count, concurrency }) => {
  const pool = new Pool(origin, { connections: concurrency, pipelining: 1 });
  const acknowledged: AcknowledgedWrites = new Map();
  let next = 0;
  const writer = async () => {
    while (next < count) {
      const index = next++;
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...profileOf(index), email: keyOf(index) }),
      });
      const text = await body.text();
      if (statusCode !== 201) throw new Error(`POST ${path} answered ${statusCode}: ${text}`);
      const {
        version,
        updatedAt: _updatedAt,
        source: _source,
        _sync,
        ...fields
      } = JSON.parse(text) as UserBody;
      acknowledged.set(fields.email, { version, text: canonicalJson(fields) });
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, writer));
  const seconds = (performance.now() - startedAt) / 1000;
  await pool.close();
  return { acknowledged, seconds };
});
