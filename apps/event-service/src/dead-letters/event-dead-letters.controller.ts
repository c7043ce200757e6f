import {
  RedisMessageBus,
  type DeadLetter,
  type DeadLetterPage,
  type DeadLetters,
} from '@redis-mongo-sync/redis-streams';
import {
  AdminTokenGuard,
  HttpProblem,
  IntegerField,
  PatternField,
  ProblemError,
} from '@redis-mongo-sync/service-kit';
import { withRedisErrors } from '@redis-mongo-sync/sync-adapters';
import { Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  DocumentDiscard,
  DocumentLetter,
  DocumentLetters,
  DocumentLetterSizes,
  DocumentReplay,
} from '../docs/dead-letters-docs.js';
import { StreamDirectory } from '../streams/stream-directory.js';

class LettersQuery {
  @IntegerField({ min: 1, max: 500 })
  limit = 50;

  @PatternField({
    pattern: /^\d{1,20}-\d{1,20}$/,
    message: 'must be the next of a page',
    description: '`next` of the page before.',
    optional: true,
  })
  after?: string;
}

/** What the groups could not work on, by stream, for administrators. */
@ApiTags('events')
@Controller('api/events/dead-letters')
@UseGuards(AdminTokenGuard)
export class EventDeadLettersController {
  constructor(
    private readonly bus: RedisMessageBus,
    private readonly directory: StreamDirectory,
  ) {}

  @Get()
  @DocumentLetterSizes()
  async sizes(): Promise<Record<string, number>> {
    const streams = await this.directory.list();
    const sizes = await withRedisErrors(() =>
      Promise.all(streams.map((stream) => this.bus.deadLetters(stream).size())),
    );
    return Object.fromEntries(streams.map((stream, index) => [stream, sizes[index] ?? 0]));
  }

  @Get(':stream')
  @DocumentLetters()
  async list(@Param('stream') stream: string, @Query() query: LettersQuery): Promise<DeadLetterPage> {
    const letters = await this.known(stream);
    return withRedisErrors(() => letters.list(query));
  }

  @Get(':stream/:id')
  @DocumentLetter()
  async read(@Param('stream') stream: string, @Param('id') id: string): Promise<DeadLetter> {
    const letters = await this.known(stream);
    const letter = await withRedisErrors(() => letters.get(id));
    if (!letter) throw notFound();
    return letter;
  }

  /** Puts one back into its stream, for every group of it. */
  @Post(':stream/:id/replay')
  @HttpCode(200)
  @DocumentReplay()
  async replay(@Param('stream') stream: string, @Param('id') id: string): Promise<{ entryId: string }> {
    const letters = await this.known(stream);
    const outcome = await withRedisErrors(() => letters.replay(id, { by: 'admin' }));
    if (outcome.kind === 'replayed') return { entryId: outcome.entryId };
    if (outcome.kind === 'redacted') {
      throw new ProblemError(HttpProblem.Conflict, { detail: 'parts of the letter were blanked for good' });
    }
    throw notFound();
  }

  @Delete(':stream/:id')
  @HttpCode(204)
  @DocumentDiscard()
  async discard(@Param('stream') stream: string, @Param('id') id: string): Promise<void> {
    const letters = await this.known(stream);
    if (!(await withRedisErrors(() => letters.discard(id, { by: 'admin' })))) throw notFound();
  }

  private async known(stream: string): Promise<DeadLetters> {
    if ((await this.directory.list()).includes(stream)) return this.bus.deadLetters(stream);
    throw new ProblemError(HttpProblem.NotFound, { detail: 'there is no event stream of that name' });
  }
}

function notFound(): ProblemError {
  return new ProblemError(HttpProblem.NotFound, { detail: 'there is no such dead letter' });
}
