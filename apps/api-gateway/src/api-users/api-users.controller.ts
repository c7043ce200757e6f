import {
  conditionsOf,
  contextOf,
  decodeIdCursor,
  DocumentCreate,
  DocumentListById,
  DocumentReadById,
  DocumentRemoveById,
  DocumentReplaceById,
  encodeCursor,
  headersOf,
  ListUsersQuery,
  NoQuery,
  parseIdentifiedUser,
  sendAnswer,
  StrictQuery,
  userIdOf,
} from '@redis-mongo-sync/service-kit';
import { Controller, Delete, Get, Post, Put, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { passOn } from '../mongo-first/pass-on.js';
import { UserServiceClient, type UserServiceRequest } from '../mongo-first/user-service-client.js';

const HERE = '/api/users';
const BEHIND = '/users-by-id';

/**
 * The users of the mongo-first path, addressed by the id that they keep when their e-mail changes. What is written here
 * is announced on `user:events`; the user service sees to it that neither is there without the other.
 */
@ApiTags('users by id')
@Controller('api/users')
export class ApiUsersController {
  constructor(private readonly client: UserServiceClient) {}

  @Get()
  @DocumentListById()
  async list(
    @Req() request: FastifyRequest,
    @StrictQuery(ListUsersQuery) { limit, cursor }: ListUsersQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = cursor === undefined ? '' : `&cursor=${encodeCursor(decodeIdCursor(cursor))}`;
    await this.forward(request, reply, { method: 'GET', path: `${BEHIND}?limit=${limit}${after}` });
  }

  @Get(':id')
  @DocumentReadById()
  async read(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.forward(request, reply, { method: 'GET', path: `${BEHIND}/${userIdOf(request)}` });
  }

  @Post()
  @DocumentCreate()
  async create(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    parseIdentifiedUser('create', request.body);
    await this.forward(request, reply, { method: 'POST', path: BEHIND, body: JSON.stringify(request.body) });
  }

  @Put(':id')
  @DocumentReplaceById()
  async replace(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const path = `${BEHIND}/${userIdOf(request)}`;
    parseIdentifiedUser('replace', request.body);
    await this.forward(request, reply, { method: 'PUT', path, body: JSON.stringify(request.body) });
  }

  @Delete(':id')
  @DocumentRemoveById()
  async remove(
    @Req() request: FastifyRequest,
    @StrictQuery(NoQuery) _query: NoQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.forward(request, reply, { method: 'DELETE', path: `${BEHIND}/${userIdOf(request)}` });
  }

  private async forward(
    request: FastifyRequest,
    reply: FastifyReply,
    what: UserServiceRequest,
  ): Promise<void> {
    const headers = headersOf(conditionsOf(request.headers));
    const answer = await this.client.send({ ...what, headers }, contextOf(request));
    sendAnswer(reply, passOn(answer, { behind: BEHIND, here: HERE }));
  }
}
