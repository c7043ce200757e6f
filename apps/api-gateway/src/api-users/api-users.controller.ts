import {
  CreateUserById,
  DocumentCreate,
  DocumentListById,
  DocumentReadById,
  DocumentRemoveById,
  DocumentReplaceById,
  encodeCursor,
  headersOf,
  ListUsersByIdQuery,
  membersOf,
  ReadConditions,
  ReplaceUserById,
  UserIdParams,
  WriteConditions,
} from '@redis-mongo-sync/records-http';
import {
  Context,
  NoQuery,
  RequestHeaders,
  type Answer,
  type RequestContext,
} from '@redis-mongo-sync/service-kit';
import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { passOn } from '../mongo-first/pass-on.js';
import type { ServiceRequest } from '../forwarding/service-client.js';
import { UserServiceClient } from '../mongo-first/user-service-client.js';

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
  list(@Query() { limit, cursor }: ListUsersByIdQuery, @Context() context: RequestContext): Promise<Answer> {
    const after = cursor === undefined ? '' : `&cursor=${encodeCursor(cursor)}`;
    return this.forward({ method: 'GET', path: `${BEHIND}?limit=${limit}${after}` }, context);
  }

  @Get(':id')
  @DocumentReadById()
  read(
    @Param() { id }: UserIdParams,
    @Query() _query: NoQuery,
    @RequestHeaders(ReadConditions) conditions: ReadConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return this.forward({ method: 'GET', path: `${BEHIND}/${id}`, headers: headersOf(conditions) }, context);
  }

  @Post()
  @DocumentCreate()
  create(
    @Body() body: CreateUserById,
    @Query() _query: NoQuery,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    const json = JSON.stringify(membersOf(body));
    return this.forward({ method: 'POST', path: BEHIND, body: json }, context);
  }

  @Put(':id')
  @DocumentReplaceById()
  replace(
    @Param() { id }: UserIdParams,
    @Body() body: ReplaceUserById,
    @Query() _query: NoQuery,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    const json = JSON.stringify(membersOf(body));
    const path = `${BEHIND}/${id}`;
    return this.forward({ method: 'PUT', path, headers: headersOf(conditions), body: json }, context);
  }

  @Delete(':id')
  @DocumentRemoveById()
  remove(
    @Param() { id }: UserIdParams,
    @Query() _query: NoQuery,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return this.forward(
      { method: 'DELETE', path: `${BEHIND}/${id}`, headers: headersOf(conditions) },
      context,
    );
  }

  private async forward(request: ServiceRequest, context: RequestContext): Promise<Answer> {
    return passOn(await this.client.send(request, context), { behind: BEHIND, here: HERE });
  }
}
