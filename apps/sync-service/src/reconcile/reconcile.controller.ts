import { AdminTokenGuard, HttpProblem, ProblemError } from '@redis-mongo-sync/service-kit';
import { Reconciles, type RunView } from '@redis-mongo-sync/sync-engine';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  DocumentCancel,
  DocumentReconcile,
  DocumentReconcileRun,
  DocumentReconcileRuns,
} from '../docs/reconcile-docs.js';
import { SyncServiceConfig } from '../sync-service.config.js';
import { parseReconcileRequest } from './parse-request.js';

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
  @HttpCode(202)
  @DocumentReconcile()
  async start(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<RunView> {
    const names = this.runs.entityNames;
    const defaults = { entity: names[0] ?? '', sample: this.config.reconcileSample };
    const request = parseReconcileRequest(body, defaults, names);
    const started = this.runs.start(request);
    if (!started) throw new ProblemError(HttpProblem.Conflict, { detail: 'another run is under way' });
    if (request.mode === 'full') return started;
    reply.status(200);
    return (await this.runs.ended(started.id)) ?? started;
  }

  /** The last runs, newest first. */
  @Get()
  @DocumentReconcileRuns()
  list(): { readonly runs: readonly RunView[] } {
    return { runs: this.runs.list() };
  }

  @Get(':id')
  @DocumentReconcileRun()
  read(@Param('id') id: string): RunView {
    return this.runs.get(id) ?? notFound(id);
  }

  /** Ends a run; what it has repaired stays repaired. */
  @Delete(':id')
  @DocumentCancel()
  async cancel(@Param('id') id: string): Promise<RunView> {
    return (await this.runs.cancel(id)) ?? notFound(id);
  }
}

function notFound(id: string): never {
  throw new ProblemError(HttpProblem.NotFound, { detail: `there is no run ${id.slice(0, 50)}` });
}
