import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigModule } from '../config/config.module.js';
import type { ServiceConfig } from '../config/service-config.js';
import type { ProblemMapper } from '../problems/problem-of.js';
import { Readiness } from './readiness.js';

/** The root module of a service, built from its configuration. */
export interface ServiceModule<C extends ServiceConfig> {
  with(config: C): DynamicModule;
  /** Make problems of errors that are no problems yet; the first that knows one is heard. */
  readonly problems?: readonly ProblemMapper[];
  /** What the service adds to the application that is no provider, e.g. its OpenAPI pages. */
  prepare?(app: NestFastifyApplication, config: C): void;
}

/** What every service has around its own module: its configuration, and {@link Readiness}. */
@Global()
@Module({ providers: [Readiness], exports: [Readiness] })
export class ServiceRootModule {
  static with(service: DynamicModule, config: ServiceConfig): DynamicModule {
    return { module: ServiceRootModule, imports: [ConfigModule.with(config), service] };
  }
}
