import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { randomUUID } from 'node:crypto';
import { EventServiceClient } from './event-service-client.js';

/** How long the description is used before it is asked for again: the event service may have been replaced. */
const KEPT_MS = 30_000;
const PATIENCE_MS = 2_000;

/** The event service's part of the gateway's OpenAPI document: fetched when a reader comes, and kept for a while. */
@Injectable()
export class EventDocs {
  private part: OpenAPIObject | undefined;
  private askedAt = -Infinity;

  constructor(private readonly client: EventServiceClient) {}

  /** The gateway's document with the endpoints of the events in it, as far as they are known. */
  async addTo(document: OpenAPIObject): Promise<OpenAPIObject> {
    if (performance.now() - this.askedAt > KEPT_MS) await this.refresh();
    return this.part === undefined ? withoutEvents(document) : withEvents(document, this.part);
  }

  private async refresh(): Promise<void> {
    const context = { requestId: randomUUID(), signal: AbortSignal.timeout(PATIENCE_MS) };
    try {
      this.part = (await this.client.openApi(context)) ?? this.part;
      this.askedAt = performance.now();
    } catch {
      // It does not answer: what is known stands, and the next reader asks again.
    }
  }
}

function withEvents(document: OpenAPIObject, part: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(part.paths).filter(([path]) => path.startsWith('/api/events/'));
  return {
    ...document,
    paths: { ...document.paths, ...Object.fromEntries(paths) },
    components: {
      ...document.components,
      schemas: { ...part.components?.schemas, ...document.components?.schemas },
    },
  };
}

function withoutEvents(document: OpenAPIObject): OpenAPIObject {
  const missing = 'The event service does not answer: its endpoints, /api/events/…, are missing here.';
  const tags = document.tags?.map((tag) => (tag.name === 'events' ? { ...tag, description: missing } : tag));
  return { ...document, ...(tags === undefined ? {} : { tags }) };
}
