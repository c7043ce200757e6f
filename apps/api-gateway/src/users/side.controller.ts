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
  ReadRecordQuery,
  ReplaceUser,
  UserParams,
  WriteConditions,
  writeOf,
  WriteRecordQuery,
} from '@redis-mongo-sync/records-http';
import { Context, RequestHeaders, type Answer, type RequestContext } from '@redis-mongo-sync/service-kit';
import { USERS } from '@redis-mongo-sync/sync-core';
import { Body, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import type { RecordsEdge } from './records-edge.js';

/** The users' endpoints of a side. Each side is a subclass that brings its path and its {@link RecordsEdge}. */
export abstract class SideController {
  constructor(protected readonly edge: RecordsEdge) {}

  @Get()
  @DocumentList()
  list(@Query() query: ListRecordsQuery, @Context() context: RequestContext): Promise<Answer> {
    return this.edge.list(pageOf(query), context);
  }

  @Get(':email')
  @DocumentRead()
  read(
    @Param() { email }: UserParams,
    @Query() query: ReadRecordQuery,
    @RequestHeaders(ReadConditions) conditions: ReadConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return this.edge.read({ key: email, conditions }, query, context);
  }

  @Post()
  @DocumentUpsert()
  upsert(
    @Body() body: CreateUser,
    @Query() query: WriteRecordQuery,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return this.edge.write(writeOf(USERS, { kind: 'upsert', body, conditions }), query, context);
  }

  @Put(':email')
  @DocumentReplace()
  replace(
    @Param() { email }: UserParams,
    @Body() body: ReplaceUser,
    @Query() query: WriteRecordQuery,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    const write = writeOf(USERS, { kind: 'replace', pathKey: email, body, conditions });
    return this.edge.write(write, query, context);
  }

  @Patch(':email')
  @DocumentMerge()
  merge(
    @Param() { email }: UserParams,
    @Body() body: MergeUser,
    @Query() query: WriteRecordQuery,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    const write = writeOf(USERS, { kind: 'merge', pathKey: email, body, conditions });
    return this.edge.write(write, query, context);
  }

  @Delete(':email')
  @DocumentRemove()
  remove(
    @Param() { email }: UserParams,
    @Query() query: WriteRecordQuery,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return this.edge.remove({ key: email, conditions }, query, context);
  }
}
