import { AdminTokenGuard, Answer, HttpProblem, ProblemError } from '@redis-mongo-sync/service-kit';
import { Reconciles, type RunView } from '@redis-mongo-sync/sync-engine';
import { Body, Controller, Delete, Get, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AdminOperation } from '../docs/admin-operation.js';
import { SyncServiceConfig } from '../sync-service.config.js';
import { ReconcileBody } from './reconcile-body.js';

/** Comparing both stores, and repairing what differs. */
@ApiTags('reconcile')
@Controller('reconcile')
@UseGuards(AdminTokenGuard)
export class ReconcileController {
  constructor(
    private readonly runs: Reconciles,
    private readonly config: SyncServiceConfig,
  ) {}

  /** Starts a run. A sample is answered when it is done, a full one at once. */
  @Post()
  @AdminOperation({
    summary: 'Compare both stores',
    description: 'Without a body: a look at a random sample that changes nothing. One run at a time.',
    answers: {
      200: { description: 'The sample was looked at.', schema: 'ReconcileRun' },
      202: {
        description: 'The full run has started; read it at `GET /reconcile/:id`.',
        schema: 'ReconcileRun',
      },
    },
    problems: [
      HttpProblem.InvalidJson,
      HttpProblem.InvalidBody,
      HttpProblem.UnsupportedMediaType,
      HttpProblem.BodyTooLarge,
      HttpProblem.Conflict,
    ],
  })
  async start(@Body() body: ReconcileBody): Promise<Answer> {
    const started = this.runs.start({ sample: this.config.reconcileSample, ...body });
    if (!started) throw new ProblemError(HttpProblem.Conflict, { detail: 'another run is under way' });
    if (body.mode === 'full') return new Answer(202, started);
    return new Answer(200, (await this.runs.ended(started.id)) ?? started);
  }

  /** The last runs, newest first. */
  @Get()
  @AdminOperation({
    summary: 'The last runs of this process, newest first',
    answers: 'ReconcileRuns',
    problems: [],
  })
  list(): { readonly runs: readonly RunView[] } {
    return { runs: this.runs.list() };
  }

  @Get(':id')
  @AdminOperation({
    summary: 'One run: how far it is, or what it found',
    answers: 'ReconcileRun',
    problems: [HttpProblem.NotFound],
  })
  read(@Param('id') id: string): RunView {
    return this.runs.get(id) ?? notFound(id);
  }

  /** Ends a run; what it has repaired stays repaired. */
  @Delete(':id')
  @AdminOperation({
    summary: 'End a run',
    description: 'What it has repaired stays repaired.',
    answers: 'ReconcileRun',
    problems: [HttpProblem.NotFound],
  })
  async cancel(@Param('id') id: string): Promise<RunView> {
    return (await this.runs.cancel(id)) ?? notFound(id);
  }
}

function notFound(id: string): never {
  throw new ProblemError(HttpProblem.NotFound, { detail: `there is no run ${id.slice(0, 50)}` });
}
