import { type AuditLog, NDJSON_CONTENT_TYPE, ndjsonStream } from '@redis-mongo-sync/audit-log';
import { AdminTokenGuard, RequestHeaders } from '@redis-mongo-sync/service-kit';
import { Controller, Get, Inject, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DocumentExport, DocumentFollow, DocumentProcessed } from '../docs/audit-docs.js';
import { AUDIT_LOG } from './audit-log.provider.js';
import { ExportQuery, FollowHeaders, FollowQuery, ProcessedQuery } from './audit-queries.js';
import { EventFollowers } from './event-followers.js';
import { recordedPage, type RecordedEventPage } from './recorded-event.js';
import { withAuditErrors } from './with-audit-errors.js';

/** What has happened: the audit log, page by page, as a stream, and as a file. */
@ApiTags('events')
@Controller('api/events')
export class AuditController {
  constructor(
    @Inject(AUDIT_LOG) private readonly log: AuditLog,
    private readonly followers: EventFollowers,
  ) {}

  @Get('processed')
  @DocumentProcessed()
  async processed(@Query() query: ProcessedQuery): Promise<RecordedEventPage> {
    return recordedPage(await withAuditErrors(() => this.log.query(query)));
  }

  @Get('stream')
  @DocumentFollow()
  async follow(
    @Query() { after, ...filter }: FollowQuery,
    @RequestHeaders(FollowHeaders) { lastEventId }: FollowHeaders,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const client = this.followers.admit();
    let afterSequence: number;
    try {
      afterSequence = lastEventId ? Number(lastEventId) : (after ?? (await this.present()));
    } catch (error) {
      this.followers.release(client);
      throw error;
    }
    await this.followers.serve(client, openEventStream(reply), { afterSequence, ...filter });
  }

  @Get('export')
  @UseGuards(AdminTokenGuard)
  @DocumentExport()
  async export(
    @Query() query: ExportQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const aborter = new AbortController();
    request.raw.socket.once('close', () => aborter.abort());
    // Asks once before anything is sent: afterwards the status can no longer say what is wrong.
    await withAuditErrors(() => this.log.query({ ...query, limit: 1 }));
    await reply
      .type(NDJSON_CONTENT_TYPE)
      .header('content-disposition', 'attachment; filename="events.ndjson"')
      .send(ndjsonStream(this.log.export(query, aborter.signal)));
  }

  private async present(): Promise<number> {
    return (await withAuditErrors(() => this.log.stats())).last?.sequence ?? 0;
  }
}

/** Takes the answer out of Fastify's hands, and begins it as server-sent events. */
function openEventStream(reply: FastifyReply): FastifyReply['raw'] {
  const headers = reply.getHeaders() as Record<string, string>;
  reply.hijack();
  const { raw } = reply;
  // Neither the idle time-out of the server nor a proxy's buffer may come between.
  raw.socket?.setTimeout(0);
  raw.socket?.setNoDelay(true);
  raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    connection: 'close',
  });
  return raw;
}
