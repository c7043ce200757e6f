import {
  conditionsOf,
  contextOf,
  decodeCursor,
  DocumentList,
  DocumentMerge,
  DocumentRead,
  DocumentRemove,
  DocumentReplace,
  DocumentUpsert,
  emailOf,
  ListUsersQuery,
  ReadUserQuery,
  removalOf,
  sendAnswer,
  StrictQuery,
  writeOf,
  WriteUserQuery,
} from '@redis-mongo-sync/service-kit';
import { Delete, Get, Patch, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LiveContext } from './sync-follower.js';
import type { UsersEdge } from './users-edge.js';

/** The users' endpoints, the same on both sides. A side is a subclass that brings its path and its {@link UsersEdge}. */
export abstract class UsersController {
  constructor(protected readonly edge: UsersEdge) {}

  @Get()
  @DocumentList()
  async list(
    @Req() request: FastifyRequest,
    @StrictQuery(ListUsersQuery) { limit, cursor }: ListUsersQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = { limit, ...(cursor === undefined ? {} : { after: decodeCursor(cursor) }) };
    sendAnswer(reply, await this.edge.list(page, liveContextOf(request)));
  }

  @Get(':email')
  @DocumentRead()
  async read(
    @Req() request: FastifyRequest,
    @StrictQuery(ReadUserQuery) query: ReadUserQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const reading = { email: emailOf(request), conditions: conditionsOf(request.headers) };
    sendAnswer(reply, await this.edge.read(reading, query, liveContextOf(request)));
  }

  @Post()
  @DocumentUpsert()
  async upsert(
    @Req() request: FastifyRequest,
    @StrictQuery(WriteUserQuery) query: WriteUserQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.edge.write(writeOf(request, 'upsert'), query, liveContextOf(request)));
  }

  @Put(':email')
  @DocumentReplace()
  async replace(
    @Req() request: FastifyRequest,
    @StrictQuery(WriteUserQuery) query: WriteUserQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.edge.write(writeOf(request, 'replace'), query, liveContextOf(request)));
  }

  @Patch(':email')
  @DocumentMerge()
  async merge(
    @Req() request: FastifyRequest,
    @StrictQuery(WriteUserQuery) query: WriteUserQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.edge.write(writeOf(request, 'merge'), query, liveContextOf(request)));
  }

  @Delete(':email')
  @DocumentRemove()
  async remove(
    @Req() request: FastifyRequest,
    @StrictQuery(WriteUserQuery) query: WriteUserQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.edge.remove(removalOf(request), query, liveContextOf(request)));
  }
}

function liveContextOf(request: FastifyRequest): LiveContext {
  return { ...contextOf(request), isWanted: () => !request.socket.destroyed };
}
