import { AdminTokenGuard, HttpProblem, ProblemError } from '@redis-mongo-sync/service-kit';
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
import { SyncDeadLetters } from '@redis-mongo-sync/sync-engine';
import type { DeadLetter, DeadLetterPage, DeadLetters } from '@redis-mongo-sync/redis-streams';
import {
  DocumentDiscard,
  DocumentLetter,
  DocumentLetters,
  DocumentReplay,
  DocumentReplayOldest,
  DocumentSizes,
} from '../docs/dead-letters-docs.js';
import { RedisErrorsInterceptor } from './redis-errors.interceptor.js';

const MAX_LIMIT = 500;
const ENTRY_ID = /^\d{1,20}-\d{1,20}$/;

/** Dead letters of `mongo_changes` and `redis_changes`. A replayed one passes the version compare like any other. */
@ApiTags('dead-letters')
@Controller('dead-letters')
@UseGuards(AdminTokenGuard)
@UseInterceptors(RedisErrorsInterceptor)
export class DeadLettersController {
  constructor(private readonly letters: SyncDeadLetters) {}

  /** How many wait, by stream. */
  @Get()
  @DocumentSizes()
  async sizes(): Promise<Record<string, number>> {
    const sizes = await Promise.all(this.letters.streams.map((stream) => this.of(stream).size()));
    return Object.fromEntries(this.letters.streams.map((stream, index) => [stream, sizes[index] ?? 0]));
  }

  @Get(':stream')
  @DocumentLetters()
  list(
    @Param('stream') stream: string,
    @Query('limit') limit = '50',
    @Query('after') after?: string,
  ): Promise<DeadLetterPage> {
    const page = { limit: limitOf(limit), ...(after === undefined ? {} : { after: idOf(after, 'after') }) };
    return this.of(stream).list(page);
  }

  @Get(':stream/:id')
  @DocumentLetter()
  async read(@Param('stream') stream: string, @Param('id') id: string): Promise<DeadLetter> {
    const letter = await this.of(stream).get(id);
    if (!letter) throw notFound(id);
    return letter;
  }

  /** Puts one back into its stream. */
  @Post(':stream/:id/replay')
  @DocumentReplay()
  @HttpCode(200)
  async replay(@Param('stream') stream: string, @Param('id') id: string): Promise<{ entryId: string }> {
    const outcome = await this.of(stream).replay(id);
    switch (outcome.kind) {
      case 'replayed':
        return { entryId: outcome.entryId };
      case 'not-found':
        throw notFound(id);
      case 'foreign':
        throw new ProblemError(HttpProblem.Conflict, { detail: 'the letter belongs to another stream' });
      case 'redacted':
        throw new ProblemError(HttpProblem.Conflict, { detail: 'parts of the letter were blanked for good' });
    }
  }

  /** Puts the oldest ones back, at most `limit`. */
  @Post(':stream/replay')
  @DocumentReplayOldest()
  @HttpCode(200)
  async replayOldest(
    @Param('stream') stream: string,
    @Query('limit') limit = '100',
  ): Promise<{ replayed: number }> {
    return { replayed: await this.of(stream).replayOldest(limitOf(limit)) };
  }

  /** Throws one away for good. */
  @Delete(':stream/:id')
  @DocumentDiscard()
  @HttpCode(204)
  async discard(@Param('stream') stream: string, @Param('id') id: string): Promise<void> {
    if (!(await this.of(stream).discard(id))) throw notFound(id);
  }

  private of(stream: string): DeadLetters {
    const letters = this.letters.of(stream);
    if (letters) return letters;
    const detail = `there is no stream of that name; there are ${this.letters.streams.join(' and ')}`;
    throw new ProblemError(HttpProblem.NotFound, { detail });
  }
}

function limitOf(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT)
    throw invalidQuery('limit', `must be a whole number from 1 to ${MAX_LIMIT}`);
  return limit;
}

function idOf(text: string, name: string): string {
  if (!ENTRY_ID.test(text)) throw invalidQuery(name, 'must be the id of a dead letter');
  return text;
}

function invalidQuery(field: string, message: string): ProblemError {
  return new ProblemError(HttpProblem.InvalidQuery, { errors: [{ in: 'query', field, message }] });
}

function notFound(id: string): ProblemError {
  return new ProblemError(HttpProblem.NotFound, { detail: `there is no dead letter ${id.slice(0, 50)}` });
}
