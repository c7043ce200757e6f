import {
  CreateUser,
  DocumentList,
  DocumentMerge,
  DocumentRead,
  DocumentRemove,
  DocumentReplace,
  DocumentUpsert,
  ListRecordsQuery,
  MergeUser,
  pageOf,
  ReadConditions,
  ReplaceUser,
  StoreRecords,
  UserParams,
  WriteConditions,
  writeOf,
} from '@redis-mongo-sync/records-http';
import {
  Context,
  NoQuery,
  RequestHeaders,
  type Answer,
  type RequestContext,
} from '@redis-mongo-sync/service-kit';
import { USERS } from '@redis-mongo-sync/sync-core';
import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CollectionsReadyGuard } from './collections-ready.guard.js';

const DOCS = { followsSync: false };

/** The users in MongoDB. Validates again what the gateway has validated: it is not the only one who can reach it. */
@ApiTags('users')
@Controller('users')
@UseGuards(CollectionsReadyGuard)
export class UsersController {
  constructor(private readonly users: StoreRecords) {}

  @Get()
  @DocumentList(DOCS)
  list(@Query() query: ListRecordsQuery): Promise<Answer> {
    return this.users.list(pageOf(query));
  }

  @Get(':email')
  @DocumentRead(DOCS)
  read(
    @Param() { email }: UserParams,
    @Query() _query: NoQuery,
    @RequestHeaders(ReadConditions) conditions: ReadConditions,
  ): Promise<Answer> {
    return this.users.read(email, conditions);
  }

  @Post()
  @DocumentUpsert(DOCS)
  upsert(
    @Body() body: CreateUser,
    @Query() _query: NoQuery,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return this.users.write(writeOf(USERS, { kind: 'upsert', body, conditions }), context);
  }

  @Put(':email')
  @DocumentReplace(DOCS)
  replace(
    @Param() { email }: UserParams,
    @Body() body: ReplaceUser,
    @Query() _query: NoQuery,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return this.users.write(writeOf(USERS, { kind: 'replace', pathKey: email, body, conditions }), context);
  }

  @Patch(':email')
  @DocumentMerge(DOCS)
  merge(
    @Param() { email }: UserParams,
    @Body() body: MergeUser,
    @Query() _query: NoQuery,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return this.users.write(writeOf(USERS, { kind: 'merge', pathKey: email, body, conditions }), context);
  }

  @Delete(':email')
  @DocumentRemove(DOCS)
  remove(
    @Param() { email }: UserParams,
    @Query() _query: NoQuery,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return this.users.remove({ key: email, conditions }, context);
  }
}
