import {
  CreateUserById,
  DocumentCreate,
  DocumentListById,
  DocumentReadById,
  DocumentRemoveById,
  DocumentReplaceById,
  identifiedWriteOf,
  ListUsersByIdQuery,
  pageOf,
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
import { Body, Controller, Delete, Get, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CollectionsReadyGuard } from '../users/collections-ready.guard.js';
import { AnnouncedUsers } from './announced-users.js';

export const USERS_BY_ID_PATH = 'users-by-id';

/** The same users, addressed by the id they keep for life; what is written here is announced on `user:events`. */
@ApiTags('users by id')
@Controller(USERS_BY_ID_PATH)
@UseGuards(CollectionsReadyGuard)
export class UsersByIdController {
  constructor(private readonly users: AnnouncedUsers) {}

  @Get()
  @DocumentListById()
  list(@Query() query: ListUsersByIdQuery): Promise<Answer> {
    return this.users.list(pageOf(query));
  }

  @Get(':id')
  @DocumentReadById()
  read(
    @Param() { id }: UserIdParams,
    @Query() _query: NoQuery,
    @RequestHeaders(ReadConditions) conditions: ReadConditions,
  ): Promise<Answer> {
    return this.users.read(id, conditions);
  }

  @Post()
  @DocumentCreate()
  create(
    @Body() body: CreateUserById,
    @Query() _query: NoQuery,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return this.users.create(identifiedWriteOf(body), context);
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
    return this.users.replace(id, identifiedWriteOf(body), { conditions, context });
  }

  @Delete(':id')
  @DocumentRemoveById()
  remove(
    @Param() { id }: UserIdParams,
    @Query() _query: NoQuery,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return this.users.remove(id, { conditions, context });
  }
}
