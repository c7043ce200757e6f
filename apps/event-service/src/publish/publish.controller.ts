import {
  Answer,
  Context,
  invalidBody,
  NoQuery,
  RequestHeaders,
  type RequestContext,
} from '@redis-mongo-sync/service-kit';
import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DocumentBatch, DocumentChat, DocumentCustom, DocumentLog } from '../docs/publish-docs.js';
import { chatDraft, ChatMessage } from './chat-message.js';
import { customDraft, CustomEvent } from './custom-event.js';
import { EventBatch, readAll, readItems } from './event-batch.js';
import { RepeatHeaders, type EventOrigin } from './event-origin.js';
import { EventPublishing } from './event-publishing.js';
import { LogLine, logDraft } from './log-line.js';
import { BatchReport, type EventReceipt } from './receipts.js';

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
  chat(
    @Body() message: ChatMessage,
    @Query() _query: NoQuery,
    @RequestHeaders(RepeatHeaders) repeat: RepeatHeaders,
    @Context() context: RequestContext,
  ): Promise<EventReceipt> {
    return this.events.publish(chatDraft(message), { ...repeat, context }, 'chat');
  }

  @Post('logs')
  @HttpCode(ACCEPTED)
  @DocumentLog()
  log(
    @Body() line: LogLine,
    @Query() _query: NoQuery,
    @RequestHeaders(RepeatHeaders) repeat: RepeatHeaders,
    @Context() context: RequestContext,
  ): Promise<EventReceipt> {
    return this.events.publish(logDraft(line), { ...repeat, context }, 'logs');
  }

  @Post('custom')
  @HttpCode(ACCEPTED)
  @DocumentCustom()
  custom(
    @Body() event: CustomEvent,
    @Query() _query: NoQuery,
    @RequestHeaders(RepeatHeaders) repeat: RepeatHeaders,
    @Context() context: RequestContext,
  ): Promise<EventReceipt> {
    const draft = customDraft(event);
    if ('errors' in draft) throw invalidBody(draft.errors);
    return this.events.publish(draft.value, { ...repeat, context }, 'custom');
  }

  @Post('batch')
  @DocumentBatch()
  async batch(
    @Body() batch: EventBatch,
    @Query() _query: NoQuery,
    @RequestHeaders(RepeatHeaders) repeat: RepeatHeaders,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    const report = await this.reportOn(batch, { ...repeat, context });
    return new Answer(report.rejected === 0 ? ACCEPTED : MULTI_STATUS, report);
  }

  private async reportOn(batch: EventBatch, origin: EventOrigin): Promise<BatchReport> {
    if (!batch.atomic) return new BatchReport(await this.events.publishEach(readItems(batch), origin));
    const receipts = await this.events.publishAll(readAll(batch), origin);
    return new BatchReport(receipts.map((receipt, index) => ({ index, status: 'accepted', ...receipt })));
  }
}
