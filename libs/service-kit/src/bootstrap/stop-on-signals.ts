import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceConfig } from '../config/service-config.js';
import { Readiness } from './readiness.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Stops the service on SIGTERM or SIGINT: says not-ready, waits for load balancers to notice, lets requests under way
 * end, closes the stores, exits with 0. Past the deadline it exits with 1. A second signal ends it at once.
 */
export function stopOnSignals(app: NestFastifyApplication, config: ServiceConfig): void {
  const logger = new Logger('Service');
  const readiness = app.get(Readiness);
  const stop = async (signal: NodeJS.Signals) => {
    if (readiness.isStopping) process.exit(1);
    readiness.stop();
    logger.log(`stopping on ${signal}`);
    await delay(config.shutdownDelayMs);
    setTimeout(() => {
      logger.error(`not stopped within ${config.shutdownDeadlineMs} ms`);
      process.exit(1);
    }, config.shutdownDeadlineMs).unref();
    await app.close();
    logger.log('stopped');
    process.exit(0);
  };
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        logger.error(`stopping failed: ${String(error)}`);
        process.exit(1);
      });
    });
  }
}
