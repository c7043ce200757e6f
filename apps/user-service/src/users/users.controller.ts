import {
  conditionsOf,
  contextOf,
  decodeCursor,
  emailOf,
  ListUsersQuery,
  NoQuery,
  removalOf,
  sendAnswer,
  StoreUsers,
  StrictQuery,
  writeOf,
  type UserWriteKind,
} from '#libs/service-kit';
import { Controller, Delete, Get, Patch, Post, Put, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CollectionsReadyGuard } from './collections-ready.guard.js';

/** The users in MongoDB. Validates again what the gateway has validated: it is not the only one who can reach it. */
@Controller('users')
@UseGuards(CollectionsReadyGuard)
export class UsersController {
  constructor(private readonly users: StoreUsers) {}

  @Get()
  async list(@StrictQuery(ListUsersQuery) query: ListUsersQuery, @Res() reply: FastifyReply): Promise<void> {
    const { limit, cursor } = query;
    const after = cursor === undefined ? {} : { after: decodeCursor(cursor) };
    sendAnswer(reply, await this.users.list({ limit, ...after }));
  }

  @Get(':email')
  async read(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await this.users.read(emailOf(request), conditionsOf(request.headers)));
  }

  @Post()
  upsert(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.write('upsert', request, reply);
  }

  @Put(':email')
  replace(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.write('replace', request, reply);
  }

  @Patch(':email')
  merge(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.write('merge', request, reply);
  }

  @Delete(':email')
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
