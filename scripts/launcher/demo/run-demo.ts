import { randomBytes } from 'node:crypto';
import type { ServerUrls } from '../services.js';
import type { DemoFlow } from './flow.js';
import { Observer } from './observer.js';

export interface DemoOptions {
  readonly gatewayUrl: string;
  readonly servers: ServerUrls;
  readonly say: (line: string) => void;
}

interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly body: Record<string, unknown>;
}

const HOP_NAMES = { mongo: 'the document is in MongoDB', redis: 'the key is in Redis' } as const;
const TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** Writes one new user and prints when it was seen at each hop, in milliseconds after the request was sent. */
export async function runDemo(flow: DemoFlow, options: DemoOptions): Promise<boolean> {
  const { say } = options;
  const observer = new Observer(options.servers);
  const email = `demo-${randomBytes(4).toString('hex')}@example.com`;
  say(`\n${flow.title}`);
  try {
    const streamEnd = await observer.streamEnd(flow.stream);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sent = performance.now();
    const sightings = flow.hops.map((hop) =>
      observer.firstSight({ hop, stream: flow.stream, email, signal }, streamEnd),
    );
    const written = await request(options.gatewayUrl + flow.write, { email, name: 'Demo' });
    say(`${ms(written.ms)}  POST ${flow.write} answered ${written.status} ${stampOf(written.body)}`);
    const seen = await Promise.all(sightings);
    flow.hops.forEach((hop, i) => {
      const name = hop === 'stream' ? `the event is in the stream ${flow.stream}` : HOP_NAMES[hop];
      const at = seen[i];
      say(
        at === undefined
          ? `   never  ${name}: not within ${TIMEOUT_MS / 1000} s`
          : `${ms(at - sent)}  ${name}`,
      );
    });
    return (await readBack(flow, email, options, written)) && seen.every((at) => at !== undefined);
  } finally {
    await observer.close();
  }
}

/** Reads the copy from the side it was not written to, and compares the versions. */
async function readBack(
  flow: DemoFlow,
  email: string,
  options: DemoOptions,
  written: Answer,
): Promise<boolean> {
  const path = `${flow.readBack}/${email}`;
  const read = await request(options.gatewayUrl + path);
  const same = read.status === 200 && read.body.version === written.body.version;
  options.say(`          GET ${path} answered ${read.status} ${stampOf(read.body)}`);
  options.say(same ? '✓ both sides hold the same version' : '✗ the two sides differ');
  return same;
}

async function request(url: string, json?: object): Promise<Answer> {
  const started = performance.now();
  const response = await fetch(url, {
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    ...(json && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
    }),
  });
  const text = await response.text();
  return { status: response.status, ms: performance.now() - started, body: parse(text) };
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function stampOf(body: Record<string, unknown>): string {
  if (body.version === undefined) return JSON.stringify(body).slice(0, 200);
  return `(version ${JSON.stringify(body.version)}, source ${JSON.stringify(body.source)})`;
}

function ms(value: number): string {
  return `${value.toFixed(1).padStart(8)} ms`;
}
