import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteIndex } from '../http/route-index.js';
import { HttpProblem } from './http-problem.js';
import { ProblemError } from './problem-error.js';
import { problemOf, type ProblemMapper } from './problem-of.js';
import { sendProblem } from './send-problem.js';

/** Answers every error, of handlers and of Fastify itself, as a problem. Health reports pass as they are. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  constructor(
    private readonly routes: RouteIndex,
    private readonly mappers: readonly ProblemMapper[],
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    if (hasGone(request)) {
      // The client has gone, and going away is no failure of the service: an error line each would fill the log.
      sendProblem(reply, new ProblemError(HttpProblem.BadRequest, { cause: error }));
      return;
    }
    const report = healthReportOf(error);
    if (report) {
      void reply.status(503).header('cache-control', 'no-store').send(report);
      return;
    }
    const problem = request.is404 ? this.unknownRoute(request) : problemOf(error, this.mappers);
    if (problem.problem === HttpProblem.Internal) this.report(problem, request);
    sendProblem(reply, problem);
  }

  private unknownRoute({ method, url }: FastifyRequest): ProblemError {
    const methods = this.routes.methodsOf(url.split('?', 1)[0] ?? url);
    if (methods.length === 0) return new ProblemError(HttpProblem.NotFound);
    const allow = methods.join(', ');
    return new ProblemError(HttpProblem.MethodNotAllowed, {
      detail: `${method} is not among ${allow}`,
      headers: { allow },
    });
  }

  /** The route's pattern, not the URL: URLs hold e-mail addresses. */
  private report({ cause }: ProblemError, { id, method, routeOptions }: FastifyRequest): void {
    const what = `${method} ${routeOptions.url ?? '(no route)'} failed, request ${id}`;
    this.logger.error(what, cause instanceof Error ? cause.stack : JSON.stringify(cause));
  }
}

/** The client closed the connection before its request was whole. */
function hasGone({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

/** Terminus reports a failed check by throwing an HttpException whose response is the health report. */
function healthReportOf(error: unknown): object | undefined {
  if (!(error instanceof HttpException) || error.getStatus() !== 503) return undefined;
  const report = error.getResponse();
  return typeof report === 'object' && 'details' in report && 'status' in report ? report : undefined;
}
