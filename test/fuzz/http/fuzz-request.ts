import type { ServiceName } from '../../support/service-process.js';
import type { RawRequest } from './raw-http.js';

/**
 * - `valid`: what the document allows;
 * - `near-valid`: with a wrong type, an odd name, a missing or repeated part;
 * - `hostile`: also spoilt as a request: method, path, headers, framing, text of the body.
 */
export const INTENTS = ['valid', 'near-valid', 'hostile'] as const;
export type Intent = (typeof INTENTS)[number];

export type Credentials = 'none' | 'wrong' | 'right';

export interface FuzzRequest extends RawRequest {
  readonly service: ServiceName;
  readonly intent: Intent;
  readonly credentials: Credentials;
  /** Whether its framing lies, so that the connection is of no use afterwards. */
  readonly desynced: boolean;
}

/**
 * Texts in targets and headers that stand for what the services last answered: requests are generated before there is
 * an answer to take a version or a cursor from.
 */
export const TOKENS = {
  version: '{{version}}',
  cursor: '{{cursor}}',
  letter: '{{letter}}',
} as const;

export type Memory = Record<keyof typeof TOKENS, string>;

export function fillIn<R extends RawRequest>(request: R, memory: Memory): R {
  const fill = (text: string) =>
    Object.entries(TOKENS).reduce(
      (filled, [name, token]) => filled.replaceAll(token, memory[name as keyof Memory]),
      text,
    );
  const headers = request.headers.map(([name, value]) => [name, fill(value)] as const);
  return { ...request, target: fill(request.target), headers };
}
