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
  NoQuery,
  removalOf,
  sendAnswer,
  StoreUsers,
  StrictQuery,
  writeOf,
  type UserWriteKind,
} from '@redis-mongo-sync/service-kit';
import { Controller, Delete, Get, Patch, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CollectionsReadyGuard } from './collections-ready.guard.js';

const DOCS = { followsSync: false };

/** The users in MongoDB. Validates again what the gateway has validated: it is not the only one who can reach it. */
@ApiTags('users')
@Controller('users')
@UseGuards(CollectionsReadyGuard)
export class UsersController {
  constructor(private readonly users: StoreUsers) {}

  @Get()
  @DocumentList(DOCS)
  async list(@StrictQuery(ListUsersQuery) query: ListUsersQuery, @Res() reply: FastifyReply): Promise<void> {
    const { limit, cursor } = query;
    const after = cursor === undefined ? {} : { after: decodeCursor(cursor) };
    sendAnswer(reply, await this.users.list({ limit, ...after }));
  }

  @Get(':email')
  @DocumentRead(DOCS)
  async read(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.users.read(emailOf(request), conditionsOf(request.headers)));
  }

  @Post()
  @DocumentUpsert(DOCS)
  upsert(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.write('upsert', request, reply);
  }

  @Put(':email')
  @DocumentReplace(DOCS)
  replace(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.write('replace', request, reply);
  }

  @Patch(':email')
  @DocumentMerge(DOCS)
  merge(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.write('merge', request, reply);
  }

  @Delete(':email')
  @DocumentRemove(DOCS)
  async remove(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.users.remove(removalOf(request), contextOf(request)));
  }

  private async write(kind: UserWriteKind, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await this.users.write(writeOf(request, kind), contextOf(request)));
  }
}
