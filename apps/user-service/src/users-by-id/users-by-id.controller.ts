import {
  conditionsOf,
  contextOf,
  decodeIdCursor,
  DocumentCreate,
  DocumentListById,
  DocumentReadById,
  DocumentRemoveById,
  DocumentReplaceById,
  ListUsersQuery,
  NoQuery,
  parseIdentifiedUser,
  sendAnswer,
  StrictQuery,
  userIdOf,
} from '@redis-mongo-sync/service-kit';
import { Controller, Delete, Get, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CollectionsReadyGuard } from '../users/collections-ready.guard.js';
import { AnnouncedUsers, type ConditionalRequest } from './announced-users.js';

export const USERS_BY_ID_PATH = 'users-by-id';

/** The same users, addressed by the id they keep for life; what is written here is announced on `user:events`. */
@ApiTags('users by id')
@Controller(USERS_BY_ID_PATH)
@UseGuards(CollectionsReadyGuard)
export class UsersByIdController {
  constructor(private readonly users: AnnouncedUsers) {}

  @Get()
  @DocumentListById()
  async list(@StrictQuery(ListUsersQuery) query: ListUsersQuery, @Res() reply: FastifyReply): Promise<void> {
    const { limit, cursor } = query;
    const after = cursor === undefined ? {} : { after: decodeIdCursor(cursor) };
    sendAnswer(reply, await this.users.list({ limit, ...after }));
  }

  @Get(':id')
  @DocumentReadById()
  async read(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.users.read(userIdOf(request), conditionsOf(request.headers)));
  }

  @Post()
  @DocumentCreate()
  async create(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const write = parseIdentifiedUser('create', request.body);
    sendAnswer(reply, await this.users.create(write, contextOf(request)));
  }

  @Put(':id')
  @DocumentReplaceById()
  async replace(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const write = parseIdentifiedUser('replace', request.body);
    sendAnswer(reply, await this.users.replace(userIdOf(request), write, conditional(request)));
  }

  @Delete(':id')
  @DocumentRemoveById()
  async remove(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.users.remove(userIdOf(request), conditional(request)));
  }
}

function conditional(request: FastifyRequest): ConditionalRequest {
  return { conditions: conditionsOf(request.headers), context: contextOf(request) };
}
