import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceConfig } from '../config/service-config.js';
import { Readiness } from './readiness.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Share of the deadline that clients have to take their answers; the rest is for closing the stores. */
const DRAIN_SHARE = 0.8;

/**
 * Stops the service on SIGTERM or SIGINT: says not-ready, waits for load balancers to notice, lets requests under way
 * end – clients that take too long are cut off – closes the stores, and exits with 0. Past the deadline it exits with
 * 1. A second signal ends it at once.
 */
export function stopOnSignals(app: NestFastifyApplication, config: ServiceConfig): void {
  const logger = new Logger('Service');
  const readiness = app.get(Readiness);
  const stop = async (signal: NodeJS.Signals) => {
    if (readiness.isStopping) process.exit(1);
    readiness.stop();
    logger.log(`stopping on ${signal}`);
    await delay(config.shutdownDelayMs);
    boundShutdown(app.getHttpServer(), config.shutdownDeadlineMs, logger);
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

function boundShutdown(server: Server, deadlineMs: number, logger: Logger): void {
  setTimeout(() => {
    logger.warn('cutting off clients that have not taken their answers');
    server.closeAllConnections();
  }, deadlineMs * DRAIN_SHARE).unref();
  setTimeout(() => {
    logger.error(`not stopped within ${deadlineMs} ms`);
    process.exit(1);
  }, deadlineMs).unref();
}
