import type { DeadLetter, DeadLetterPage } from '@redis-mongo-sync/redis-streams';
import { AdminTokenGuard, HttpProblem, ProblemError } from '@redis-mongo-sync/service-kit';
import { SyncDeadLetters } from '@redis-mongo-sync/sync-engine';
import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AdminOperation } from '../docs/admin-operation.js';
import { LetterPath, LettersQuery, ReplayQuery, StreamPath } from './dead-letters-requests.js';
import { RedisErrorsInterceptor } from './redis-errors.interceptor.js';

const { InvalidQuery, NotFound, Conflict, StoreUnavailable } = HttpProblem;

/** Dead letters of `mongo_changes` and `redis_changes`. A replayed one passes the version compare like any other. */
@ApiTags('dead-letters')
@Controller('dead-letters')
@UseGuards(AdminTokenGuard)
@UseInterceptors(RedisErrorsInterceptor)
export class DeadLettersController {
  constructor(private readonly letters: SyncDeadLetters) {}

  /** How many wait, by stream. */
  @Get()
  @AdminOperation({
    summary: 'How many wait, by stream',
    answers: 'DeadLetterSizes',
    problems: [StoreUnavailable],
  })
  async sizes(): Promise<Record<string, number>> {
    const sizes = this.letters.streams.map(
      async (stream) => [stream, await this.letters.of(stream).size()] as const,
    );
    return Object.fromEntries(await Promise.all(sizes));
  }

  @Get(':stream')
  @AdminOperation({
    summary: 'The dead letters of a stream, oldest first',
    answers: 'DeadLetterPage',
    problems: [InvalidQuery, NotFound, StoreUnavailable],
  })
  list(@Param() { stream }: StreamPath, @Query() page: LettersQuery): Promise<DeadLetterPage> {
    return this.letters.of(stream).list(page);
  }

  @Get(':stream/:id')
  @AdminOperation({
    summary: 'One dead letter',
    answers: 'DeadLetter',
    problems: [NotFound, StoreUnavailable],
  })
  async read(@Param() { stream, id }: LetterPath): Promise<DeadLetter> {
    const letter = await this.letters.of(stream).get(id);
    if (!letter) throw notFound(id);
    return letter;
  }

  /** Puts one back into its stream. */
  @Post(':stream/:id/replay')
  @HttpCode(200)
  @AdminOperation({
    summary: 'Put one back into its stream',
    description: 'It passes the version compare like any other entry.',
    answers: 'Replayed',
    problems: [NotFound, Conflict, StoreUnavailable],
  })
  async replay(@Param() { stream, id }: LetterPath): Promise<{ entryId: string }> {
    const outcome = await this.letters.of(stream).replay(id);
    switch (outcome.kind) {
      case 'replayed':
        return { entryId: outcome.entryId };
      case 'not-found':
        throw notFound(id);
      case 'foreign':
        throw new ProblemError(Conflict, { detail: 'the letter belongs to another stream' });
      case 'redacted':
        throw new ProblemError(Conflict, { detail: 'parts of the letter were blanked for good' });
    }
  }

  /** Puts the oldest ones back, at most `limit`. */
  @Post(':stream/replay')
  @HttpCode(200)
  @AdminOperation({
    summary: 'Put the oldest ones back',
    answers: 'ReplayedOldest',
    problems: [InvalidQuery, NotFound, StoreUnavailable],
  })
  async replayOldest(
    @Param() { stream }: StreamPath,
    @Query() { limit }: ReplayQuery,
  ): Promise<{ replayed: number }> {
    return { replayed: await this.letters.of(stream).replayOldest(limit) };
  }

  /** Throws one away for good. */
  @Delete(':stream/:id')
  @HttpCode(204)
  @AdminOperation({
    summary: 'Throw one away for good',
    answers: { 204: { description: 'It is gone.' } },
    problems: [NotFound, StoreUnavailable],
  })
  async discard(@Param() { stream, id }: LetterPath): Promise<void> {
    if (!(await this.letters.of(stream).discard(id))) throw notFound(id);
  }
}

function notFound(id: string): ProblemError {
  return new ProblemError(HttpProblem.NotFound, { detail: `there is no dead letter ${id.slice(0, 50)}` });
}
