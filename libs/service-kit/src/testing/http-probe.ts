import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Agent, request, type Dispatcher } from 'undici';

export interface ProbeRequest {
  readonly method?: Dispatcher.HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly raw?: string | Buffer;
  /** Sent as JSON. */
  readonly json?: unknown;
}

export interface ProbeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; `{}` when there is none. */
  readonly body: Record<string, unknown>;
}

export interface HttpProbe {
  readonly url: string;
  ask(path: string, what?: ProbeRequest): Promise<ProbeAnswer>;
  /** Stops the service. Safe to repeat. */
  close(): Promise<void>;
}

/** Lets tests talk to a service as clients do, over a socket on a free port. */
export async function probeOf(app: NestFastifyApplication): Promise<HttpProbe> {
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const dispatcher = new Agent();
  let closing: Promise<void> | undefined;
  const closeBoth = async () => {
    await dispatcher.close();
    await app.close();
  };
  return {
    url,
    ask: async (path, { method = 'GET', headers, raw, json } = {}) => {
      const body = json === undefined ? raw : JSON.stringify(json);
      const answer = await request(`${url}${path}`, {
        dispatcher,
        method,
        headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body }),
      });
      const text = await answer.body.text();
      const isJson = /[/+]json\b/.test(String(answer.headers['content-type'] ?? ''));
      const parsed = isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
      return { status: answer.statusCode, headers: answer.headers, text, body: parsed };
    },
    close: () => (closing ??= closeBoth()),
  };
}
