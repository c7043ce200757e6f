import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { existsSync } from 'node:fs';
import { ConfigError, CONFIG_ERROR_EXIT_CODE } from '../config/config-error.js';
import { loadConfig } from '../config/load-config.js';
import type { ServiceConfig } from '../config/service-config.js';
import { ServiceLogger } from '../logging/service-logger.js';
import { createService } from './create-service.js';
import type { ServiceModule } from './service-module.js';
import { stopOnSignals } from './stop-on-signals.js';

export interface ServiceDefinition<C extends ServiceConfig> {
  readonly name: string;
  readonly module: ServiceModule<C>;
  readonly config: new () => C;
}

/**
 * Runs a service as this process: reads `.env` and the environment, starts, and stops on SIGTERM and SIGINT.
 *
 * Exit codes: 0 stopped in order; 1 could not start, or could not stop in time; 78 the configuration is wrong.
 */
export async function bootstrapService<C extends ServiceConfig>(
  definition: ServiceDefinition<C>,
): Promise<NestFastifyApplication> {
  const config = configOrExit(definition);
  const logger = new ServiceLogger(definition.name, config);
  try {
    const app = await createService({ module: definition.module, config, logger });
    stopOnSignals(app, config);
    await app.listen(config.port, config.host);
    Logger.log(`${definition.name} listens on ${await app.getUrl()}`, 'Service');
    return app;
  } catch (error) {
    logger.fatal(`${definition.name} could not start: ${String(error)}`, stackOf(error));
    process.exit(1);
  }
}

function configOrExit<C extends ServiceConfig>({ name, config }: ServiceDefinition<C>): C {
  if (existsSync('.env')) process.loadEnvFile('.env');
  try {
    return loadConfig(config, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const fault of error.faults) process.stderr.write(`${name}: ${fault}\n`);
    process.exit(CONFIG_ERROR_EXIT_CODE);
  }
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
