import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, Min, MinLength } from 'class-validator';
import { Setting } from './setting.js';

const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

/** What every HTTP service of the product is told. Services extend it with their own settings. */
export abstract class ServiceConfig {
  @IsInt()
  @Min(0)
  @Max(65_535)
  @Setting({ env: ['PORT', 'port'], about: 'TCP port to listen on; 0 takes a free one.' })
  port = 3000;

  @IsString()
  @Setting({ env: 'HOST', about: 'Address to listen on; 0.0.0.0 inside a container.' })
  host = '127.0.0.1';

  @IsIn(LOG_LEVELS)
  @Setting({ env: 'LOG_LEVEL', about: 'error, warn, info or debug; debug has one line per request.' })
  logLevel: string = 'info' satisfies LogLevelName;

  @IsIn(['auto', 'json', 'text'])
  @Setting({
    env: 'LOG_FORMAT',
    about: 'json, text, or auto: json when NODE_ENV is production or the output is no terminal.',
  })
  logFormat = 'auto';

  @IsOptional()
  @IsString()
  @MinLength(16)
  @Setting({
    env: 'ADMIN_TOKEN',
    about:
      'Bearer token of the administrative endpoints, at least 16 characters; without it they are closed.',
    secret: true,
  })
  adminToken?: string;

  @IsInt()
  @Min(0)
  @Setting({
    env: 'RATE_LIMIT_PER_SECOND',
    about: 'Requests that one client address may make; 0 switches the limit off.',
    unit: 'requests/s',
  })
  rateLimitPerSecond = 1000;

  @IsInt()
  @Min(0)
  @Max(16)
  @Setting({
    env: 'TRUST_PROXY_HOPS',
    about: 'Reverse proxies in front whose X-Forwarded-For is believed.',
    unit: 'proxies',
  })
  trustProxyHops = 0;

  @IsInt()
  @Min(1024)
  @Max(8_388_608)
  @Setting({ env: 'BODY_LIMIT_BYTES', about: 'Largest request body that is read.', unit: 'bytes' })
  bodyLimitBytes = 262_144;

  @IsInt()
  @Min(0)
  @Max(60_000)
  @Setting({
    env: 'SHUTDOWN_DELAY_MS',
    about: 'How long a stopping service says not-ready before it closes, for load balancers to notice.',
    unit: 'ms',
  })
  shutdownDelayMs = 0;

  @IsInt()
  @Min(100)
  @Max(120_000)
  @Setting({
    env: 'SHUTDOWN_DEADLINE_MS',
    about: 'How long work under way may take to end when the service stops.',
    unit: 'ms',
  })
  shutdownDeadlineMs = 10_000;

  @IsBoolean()
  @Setting({
    env: 'API_DOCS',
    about: "Whether the OpenAPI document is served at /api-docs-json, and the gateway's pages at /api-docs.",
  })
  apiDocs = true;

  @IsInt()
  @Min(100)
  @Max(600_000)
  @Setting({
    env: 'HEADERS_TIMEOUT_MS',
    about: 'How long a client may take to send the headers of a request, or its first one.',
    unit: 'ms',
  })
  headersTimeoutMs = 10_000;

  @IsInt()
  @Min(100)
  @Max(600_000)
  @Setting({
    env: 'REQUEST_TIMEOUT_MS',
    about: 'How long a client may take to send a whole request.',
    unit: 'ms',
  })
  requestTimeoutMs = 15_000;

  @IsInt()
  @Min(100)
  @Max(600_000)
  @Setting({
    env: 'IDLE_TIMEOUT_MS',
    about:
      'After this long without a byte a connection is closed. Longer than the longest wait of a client, 30 s.',
    unit: 'ms',
  })
  idleTimeoutMs = 75_000;

  @IsInt()
  @Min(10)
  @Max(1_000_000)
  @Setting({
    env: 'MAX_CONNECTIONS',
    about:
      'Connections held at once; further ones are closed as they come. Keep it below the limit of open files.',
    unit: 'connections',
  })
  maxConnections = 4_096;
}
