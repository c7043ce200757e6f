import { NDJSON_CONTENT_TYPE, ndjsonStream } from '@redis-mongo-sync/audit-log';
import { AdminTokenGuard, HttpProblem, ProblemError, StrictQuery } from '@redis-mongo-sync/service-kit';
import { Controller, Get, Inject, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DocumentExport, DocumentFollow, DocumentProcessed } from '../docs/audit-docs.js';
import { AUDIT_LOG, type SharedAuditLog } from './audit-log.provider.js';
import { ExportQuery, FollowQuery, given, ProcessedQuery } from './audit-queries.js';
import { entryJson } from './entry-json.js';
import { EventFollowers } from './event-followers.js';
import { withAuditErrors } from './with-audit-errors.js';

const SEQUENCE = /^\d{1,16}$/;

/** What has happened: the audit log, page by page, as a stream, and as a file. */
@ApiTags('events')
@Controller('api/events')
export class AuditController {
  constructor(
    @Inject(AUDIT_LOG) private readonly log: SharedAuditLog,
    private readonly followers: EventFollowers,
  ) {}

  @Get('processed')
  @DocumentProcessed()
  async processed(@StrictQuery(ProcessedQuery) query: ProcessedQuery): Promise<object> {
    const { entries, nextCursor } = await withAuditErrors(() => this.log.query(given(query)));
    return { events: entries.map(entryJson), nextCursor: nextCursor ?? null };
  }

  @Get('stream')
  @DocumentFollow()
  async follow(
    @Req() request: FastifyRequest,
    @StrictQuery(FollowQuery) query: FollowQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const lastSeen = lastSeenOf(request) ?? query.after;
    const { stream, type } = given(query);
    const client = this.followers.admit();
    let afterSequence: number;
    try {
      afterSequence = lastSeen ?? (await this.present());
    } catch (error) {
      this.followers.release(client);
      throw error;
    }
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
    await this.followers.serve(client, raw, {
      afterSequence,
      ...(stream === undefined ? {} : { stream }),
      ...(type === undefined ? {} : { type }),
    });
  }

  @Get('export')
  @UseGuards(AdminTokenGuard)
  @DocumentExport()
  async export(
    @Req() request: FastifyRequest,
    @StrictQuery(ExportQuery) query: ExportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const aborter = new AbortController();
    request.raw.socket.once('close', () => aborter.abort());
    // Asks once before anything is sent: afterwards the status can no longer say what is wrong.
    await withAuditErrors(() => this.log.query({ ...given(query), limit: 1 }));
    const entries = this.log.export(given(query), aborter.signal);
    await reply
      .type(NDJSON_CONTENT_TYPE)
      .header('content-disposition', 'attachment; filename="events.ndjson"')
      .send(ndjsonStream(entries));
  }

  private async present(): Promise<number> {
    return (await withAuditErrors(() => this.log.stats())).last?.sequence ?? 0;
  }
}

/** Where a client that lost its connection was. */
function lastSeenOf({ headers }: FastifyRequest): number | undefined {
  const text = headers['last-event-id'];
  if (text === undefined || text === '') return undefined;
  if (typeof text === 'string' && SEQUENCE.test(text)) return Number(text);
  const message = 'must be the id of an event of this stream';
  throw new ProblemError(HttpProblem.InvalidHeader, {
    detail: `Last-Event-ID ${message}`,
    errors: [{ in: 'header', field: 'Last-Event-ID', message }],
  });
}
