import { NoQuery, StrictQuery } from '@redis-mongo-sync/service-kit';
import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DocumentBatch, DocumentChat, DocumentCustom, DocumentLog } from '../docs/publish-docs.js';
import { BodyReader } from './body-reader.js';
import type { EventDraft } from './event-draft.js';
import { originOf } from './event-identity.js';
import { EventPublishing, type BatchItem, type Receipt } from './event-publishing.js';
import { readBatch } from './parse-batch.js';
import { readChat, readCustom, readEventId, readLog } from './parse-events.js';

const ACCEPTED = 202;
const MULTI_STATUS = 207;

/** Where events are handed in. */
@ApiTags('events')
@Controller('api/events')
export class PublishController {
  constructor(private readonly events: EventPublishing) {}

  @Post('chat')
  @HttpCode(ACCEPTED)
  @DocumentChat()
  chat(@Req() request: FastifyRequest, @StrictQuery(NoQuery) _query: NoQuery): Promise<Receipt> {
    return this.publish(request, 'chat', readChat);
  }

  @Post('logs')
  @HttpCode(ACCEPTED)
  @DocumentLog()
  log(@Req() request: FastifyRequest, @StrictQuery(NoQuery) _query: NoQuery): Promise<Receipt> {
    return this.publish(request, 'logs', readLog);
  }

  @Post('custom')
  @HttpCode(ACCEPTED)
  @DocumentCustom()
  custom(@Req() request: FastifyRequest, @StrictQuery(NoQuery) _query: NoQuery): Promise<Receipt> {
    return this.publish(request, 'custom', readCustom);
  }

  @Post('batch')
  @DocumentBatch()
  async batch(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const origin = originOf(request);
    const { atomic, items } = readBatch(request.body);
    const results = atomic
      ? (await this.events.publishAll(items.map(draftOf), origin)).map((receipt, index) => ({
          index,
          status: 'accepted',
          ...receipt,
        }))
      : await this.events.publishEach(items, origin);
    const accepted = results.filter(({ status }) => status === 'accepted').length;
    await reply
      .code(accepted === results.length ? ACCEPTED : MULTI_STATUS)
      .send({ accepted, rejected: results.length - accepted, results });
  }

  private publish(
    request: FastifyRequest,
    place: string,
    read: (reader: BodyReader) => EventDraft,
  ): Promise<Receipt> {
    const origin = originOf(request);
    const reader = new BodyReader(request.body);
    const eventId = readEventId(reader);
    const draft = read(reader);
    reader.end();
    reader.throwIfWrong();
    return this.events.publish({ ...draft, ...(eventId === undefined ? {} : { eventId }) }, origin, place);
  }
}

/** Of a batch that is to be taken as a whole; `readBatch` has refused one with anything wrong in it. */
function draftOf(item: BatchItem): EventDraft {
  if (item.kind === 'event') return item.draft;
  throw new TypeError('an invalid event in a batch that was found valid');
}
