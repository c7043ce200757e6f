import helmet from '@fastify/helmet';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { ServiceConfig } from '../config/service-config.js';
import { AnswerInterceptor } from '../http/answer.interceptor.js';
import { fastifyOptions, refuseExpectation } from '../http/fastify-options.js';
import { registerEdge } from '../http/register-edge.js';
import { RouteIndex } from '../http/route-index.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import { RequestPipe } from '../requests/request.pipe.js';
import { ServiceRootModule, type ServiceModule } from './service-module.js';

export interface ServiceOptions<C extends ServiceConfig> {
  readonly module: ServiceModule<C>;
  readonly config: C;
  readonly logger: LoggerService | false;
}

/** Builds a service up to the point where it could listen. Tests use it as production does. */
export async function createService<C extends ServiceConfig>({
  module,
  config,
  logger,
}: ServiceOptions<C>): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(fastifyOptions(config));
  const fastify = adapter.getInstance<FastifyInstance>();
  const routes = new RouteIndex();
  fastify.addHook('onRoute', (route) => {
    routes.add(route);
  });
  fastify.server.maxConnections = config.maxConnections;
  fastify.server.on('checkExpectation', refuseExpectation);
  registerEdge(fastify, config);
  const app = await NestFactory.create<NestFastifyApplication>(
    ServiceRootModule.with(module.with(config), config),
    adapter,
    { logger, abortOnError: false, bodyParser: false },
  );
  await app.register(helmet, { contentSecurityPolicy: { directives: CONTENT_SECURITY_POLICY } });
  app.useGlobalFilters(new ProblemFilter(routes, module.problems ?? []));
  app.useGlobalPipes(new RequestPipe());
  app.useGlobalInterceptors(new AnswerInterceptor());
  module.prepare?.(app, config);
  return app;
}

/** The pages the services have – the landing page and Swagger UI – bring their own scripts, and inline styles. */
const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  frameAncestors: ["'none'"],
  // Without TLS in front of it, this would keep a browser from loading the pages at all.
  upgradeInsecureRequests: null,
};
