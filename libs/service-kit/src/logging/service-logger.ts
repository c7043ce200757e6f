import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { LogLevelName, ServiceConfig } from '../config/service-config.js';

const LEVELS: Readonly<Record<LogLevelName, LogLevel[]>> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
};

/** Nest's own account of its start, module by module and route by route: for `debug` only. */
const START_CONTEXTS: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Lines of JSON for machines, text – coloured on a terminal – for people. */
export class ServiceLogger extends ConsoleLogger {
  private readonly tellsStart: boolean;

  constructor(
    private readonly service: string,
    { logLevel, logFormat }: Pick<ServiceConfig, 'logLevel' | 'logFormat'>,
  ) {
    const terminal = process.stdout.isTTY === true;
    const production = process.env.NODE_ENV === 'production';
    const json = logFormat === 'json' || (logFormat === 'auto' && (production || !terminal));
    super({
      json,
      colors: !json && terminal,
      prefix: service,
      logLevels: LEVELS[logLevel as LogLevelName],
    });
    this.tellsStart = logLevel === 'debug';
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (!this.tellsStart && START_CONTEXTS.has(rest.at(-1))) return;
    super.log(message, ...rest);
  }

  protected override getJsonLogObject(
    ...args: Parameters<ConsoleLogger['getJsonLogObject']>
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    return Object.assign(super.getJsonLogObject(...args), { name: this.service });
  }
}
