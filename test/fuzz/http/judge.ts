import type { ApiDescription, Operation } from './api-description.js';
import type { FuzzRequest } from './fuzz-request.js';
import type { RawResponse } from './raw-http.js';

export interface Exchange {
  readonly request: FuzzRequest;
  readonly response: RawResponse;
  readonly ms: number;
}

export interface Verdict {
  /** The operation that the request as sent asked for; undefined where it asks for none. */
  readonly operation: Operation | undefined;
  /** One sentence per broken rule. */
  readonly faults: readonly string[];
}

export interface JudgeOptions {
  readonly description: ApiDescription;
  /** Texts that no answer may hold. */
  readonly secrets: readonly string[];
}

/** The landing page, and the documents themselves. */
const PAGE = /^(https?:\/\/[^/]*)?\/(api-docs[^?#]*)?([?#]|$)/;
/** Refusals from before an endpoint, and so its guard, is reached. */
const BEFORE_AUTHORIZATION: ReadonlySet<number> = new Set([400, 408, 413, 414, 415, 431]);
/** Longer than any wait that the fuzzer asks for. */
const SLOW_MS = 10_000;
const STACK_TRACE = /\n\s+at |\bat [\w.<>]+ \(|node_modules[\\/]|file:\/\/\/|\.(ts|js):\d+:\d+/;

/** Holds an answer to the document and to what must never happen. */
export function judge({ request, response, ms }: Exchange, { description, secrets }: JudgeOptions): Verdict {
  const operation = description.find(request.method, request.target);
  const faults = [
    statusFault(response, request, operation, description),
    authorizationFault(request, response, operation),
    ...bodyFaults(response, request, operation, description),
    ...headerFaults(response),
    ...leaks(response, secrets),
    ms > SLOW_MS ? `it took ${ms.toFixed(0)} ms` : null,
  ];
  return { operation, faults: faults.filter((fault) => fault !== null) };
}

function statusFault(
  response: RawResponse,
  { target }: FuzzRequest,
  operation: Operation | undefined,
  { everywhere }: ApiDescription,
): string | null {
  const { status } = response;
  const told = isHealthReport(response, operation) || (isNotYetSynced(response) && /[?&]after=/.test(target));
  if (status >= 500 && !told) return `status ${status}`;
  if (everywhere.has(status) || operation?.answers.has(status)) return null;
  if (!operation && status === 200 && PAGE.test(target)) return null;
  return `status ${status} is not documented${operation ? '' : ' for a request that no operation has'}`;
}

/**
 * On a busy machine a check may take too long. That a service is well all the same is looked at when the load is over.
 */
function isHealthReport({ status }: RawResponse, operation: Operation | undefined): boolean {
  return status === 503 && /\/health(\/ready)?$/.test(operation?.path ?? '');
}

/** A reader asked for a version that is not there: the documented answer to that, and no failure. */
function isNotYetSynced({ status, body }: RawResponse): boolean {
  return status === 503 && body.includes('"code":"not-yet-synced"');
}

function authorizationFault(
  { credentials }: FuzzRequest,
  { status }: RawResponse,
  operation: Operation | undefined,
): string | null {
  if (!operation?.admin || credentials === 'right') return null;
  if (status === 401 || status === 403 || BEFORE_AUTHORIZATION.has(status)) return null;
  return `an administrator's endpoint answered ${status} to ${credentials} credentials`;
}

function bodyFaults(
  response: RawResponse,
  { method }: FuzzRequest,
  operation: Operation | undefined,
  { everywhere }: ApiDescription,
): string[] {
  const { status, headers, body } = response;
  if (method === 'HEAD') return [];
  const documented = operation?.answers.get(status) ?? everywhere.get(status);
  if (!documented) return []; // told already
  const type = headers.get('content-type')?.split(';', 1)[0] ?? '';
  if (documented.size === 0)
    return body.length === 0 ? [] : [`status ${status} has a body that is not documented`];
  const validator = documented.get(type) ?? everywhere.get(status)?.get(type);
  if (!validator) return [`content type ${JSON.stringify(type)} is not documented for ${status}`];
  if (type !== 'application/json' && type !== 'application/problem+json') return [];
  const value = parse(body);
  if (value === undefined) return ['the body is not JSON'];
  const faults = validator(value)
    ? []
    : [
        `the body breaks the schema of ${status}: ${validator.errors?.[0]?.instancePath ?? ''} ${validator.errors?.[0]?.message ?? ''}`,
      ];
  return type === 'application/problem+json' ? [...faults, ...problemFaults(value, response)] : faults;
}

function problemFaults(value: unknown, { status, headers }: RawResponse): string[] {
  const problem = value as { readonly status?: unknown; readonly requestId?: unknown };
  return [
    ...(problem.status === status
      ? []
      : [`the problem says ${String(problem.status)}, the status line ${status}`]),
    ...(problem.requestId === headers.get('x-request-id')
      ? []
      : ["X-Request-Id is not the problem's requestId"]),
  ];
}

function headerFaults({ headers }: RawResponse): string[] {
  const faults: string[] = [];
  if (headers.get('x-content-type-options') !== 'nosniff') faults.push('no X-Content-Type-Options');
  if (!headers.has('content-security-policy')) faults.push('no Content-Security-Policy');
  for (const name of ['x-powered-by', 'server', 'x-injected', 'set-cookie']) {
    if (headers.has(name)) faults.push(`header ${name} is sent`);
  }
  return faults;
}

function leaks({ body, headers }: RawResponse, secrets: readonly string[]): string[] {
  const text = `${[...headers.values()].join('\n')}\n${body.toString('utf8')}`;
  const leaked = secrets.filter((secret) => text.includes(secret)).map(() => 'the answer holds a secret');
  return STACK_TRACE.test(text) ? [...leaked, 'the answer holds a stack trace'] : leaked;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
