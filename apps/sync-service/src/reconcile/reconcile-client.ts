import type { ReconcileRequest } from '@redis-mongo-sync/sync-core';
import type { RunView } from '@redis-mongo-sync/sync-engine';

/** The service refused, or did not answer; the message says what to do. */
export class ReconcileClientError extends Error {
  override readonly name = 'ReconcileClientError';
}

const TIMEOUT_MS = 60_000;

/** `/reconcile` of a sync-service. */
export class ReconcileClient {
  constructor(
    private readonly url: string,
    private readonly token: string | undefined,
  ) {}

  start(request: Partial<ReconcileRequest>): Promise<RunView> {
    return this.ask('POST', '/reconcile', request);
  }

  read(id: string): Promise<RunView> {
    return this.ask('GET', `/reconcile/${id}`);
  }

  cancel(id: string): Promise<RunView> {
    return this.ask('DELETE', `/reconcile/${id}`);
  }

  private async ask(method: string, path: string, body?: object): Promise<RunView> {
    const response = await fetch(this.url + path, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch((error: unknown) => {
      throw new ReconcileClientError(
        `No sync-service answers at ${this.url} (${reasonOf(error)}). Next: npm start`,
      );
    });
    const answer: unknown = await response.json().catch(() => ({}));
    if (response.ok) return answer as RunView;
    throw new ReconcileClientError(
      refusalText(response.status, answer as { detail?: string; title?: string }),
    );
  }
}

function refusalText(status: number, { detail, title }: { detail?: string; title?: string }): string {
  const said = detail ?? title ?? `HTTP ${status}`;
  switch (status) {
    case 401:
      return 'The service does not take this ADMIN_TOKEN. Next: set ADMIN_TOKEN to the one the service was started with.';
    case 403:
      return 'The service runs without ADMIN_TOKEN. Next: put ADMIN_TOKEN=<16 or more characters> into .env, and restart it.';
    case 409:
      return `${said}. Next: wait for its end, or look at GET /reconcile.`;
    default:
      return `The service refused: ${said}`;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
