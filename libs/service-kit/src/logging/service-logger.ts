import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { LogLevelName, ServiceConfig } from '../config/service-config.js';

const LEVELS: Readonly<Record<LogLevelName, LogLevel[]>> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
};

/** Lines of JSON for machines, coloured text on a terminal. */
export function serviceLogger(
  name: string,
  config: Pick<ServiceConfig, 'logLevel' | 'logFormat'>,
): ConsoleLogger {
  const terminal = process.stdout.isTTY;
  const production = process.env.NODE_ENV === 'production';
  const json = config.logFormat === 'json' || (config.logFormat === 'auto' && (production || !terminal));
  return new ConsoleLogger({
    json,
    colors: !json && terminal,
    prefix: name,
    logLevels: LEVELS[config.logLevel as LogLevelName],
  });
}
