import fc from 'fast-check';
import type { ServiceName } from '../../support/service-process.js';
import type { Services } from '../../support/services.js';
import { ApiDescription } from './api-description.js';
import { curlLine } from './curl-line.js';
import { fillIn, type FuzzRequest, type Memory } from './fuzz-request.js';
import { judge } from './judge.js';
import { NoAnswerError, RawClient, type RawResponse } from './raw-http.js';
import { requests } from './request-arbitrary.js';
import { Tally } from './tally.js';

export interface CampaignOptions {
  readonly product: Services;
  readonly adminToken: string;
  readonly requests: number;
  readonly seed: number;
  /** Texts that no answer may hold. */
  readonly secrets: readonly string[];
  /** Hears about progress now and then. */
  readonly onProgress?: (tally: Tally) => void;
  readonly signal?: AbortSignal;
}

/** Requests generated at a time, with a seed of their own: memory stays flat, and answers are not kept waiting. */
const CHUNK = 20;
const PROGRESS_EVERY = 500;
const LANES = 4;

/** Sends generated requests to all four services and judges every answer. */
export class Campaign {
  readonly tally = new Tally();
  private readonly memory: Memory = { version: '1', cursor: 'eA', letter: '1-1' };

  private constructor(
    private readonly options: CampaignOptions,
    private readonly descriptions: Readonly<Record<ServiceName, ApiDescription>>,
  ) {}

  static async prepare(options: CampaignOptions): Promise<Campaign> {
    const descriptions = await Promise.all(
      options.product.all.map(
        async ({ name, url }) => [name, await ApiDescription.fetch(name, url)] as const,
      ),
    );
    return new Campaign(options, Object.fromEntries(descriptions) as Record<ServiceName, ApiDescription>);
  }

  async run(): Promise<Tally> {
    const { seed, signal, onProgress } = this.options;
    const operations = Object.values(this.descriptions).flatMap((description) => description.operations);
    const arbitrary = requests({ operations, adminToken: this.options.adminToken });
    for (let sent = 0; sent < this.options.requests && !signal?.aborted; sent += CHUNK) {
      const numRuns = Math.min(CHUNK, this.options.requests - sent);
      const chunk = fc.sample(arbitrary, { seed: seed + sent, numRuns });
      await this.sendAll(chunk);
      if ((sent + numRuns) % PROGRESS_EVERY === 0) onProgress?.(this.tally);
    }
    return this.tally;
  }

  private async sendAll(chunk: readonly FuzzRequest[]): Promise<void> {
    const queue = [...chunk];
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        const clients = this.clients();
        for (let next = queue.shift(); next && !this.options.signal?.aborted; next = queue.shift()) {
          await this.send(clients[next.service], next);
        }
        for (const client of Object.values(clients)) client.close();
      }),
    );
  }

  private clients(): Record<ServiceName, RawClient> {
    const clients = this.options.product.all.map(({ name, port }) => [name, new RawClient(port)] as const);
    return Object.fromEntries(clients) as Record<ServiceName, RawClient>;
  }

  private async send(client: RawClient, generated: FuzzRequest): Promise<void> {
    const request = fillIn(generated, this.memory);
    const curl = () => curlLine(this.originOf(request.service), request);
    const startedAt = performance.now();
    try {
      const response = await client.ask(request);
      const exchange = { request, response, ms: performance.now() - startedAt };
      const verdict = judge(exchange, {
        description: this.descriptions[request.service],
        secrets: this.options.secrets,
      });
      this.tally.add(exchange, verdict, curl);
      this.remember(response);
    } catch (error) {
      if (request.method === 'CONNECT') {
        this.tally.requests += 1; // no tunnels here: Node closes the connection without a word
        return;
      }
      const reason = error instanceof NoAnswerError ? error.message : `no answer: ${String(error)}`;
      this.tally.fail(`${request.service} ${request.method}`, reason, { curl, answer: '(none)' });
    } finally {
      if (request.desynced || isUpgrade(request)) client.close();
    }
  }

  private remember({ headers, body }: RawResponse): void {
    const position = headers.get('sync-position');
    if (position !== undefined) this.memory.version = position;
    const cursor = /"nextCursor":"([^"]+)"/.exec(body.toString('utf8'))?.[1];
    if (cursor !== undefined) this.memory.cursor = cursor;
    const letter = /"letterId":"(\d+-\d+)"/.exec(body.toString('utf8'))?.[1];
    if (letter !== undefined) this.memory.letter = letter;
  }

  private originOf(service: ServiceName): string {
    return this.options.product.all.find(({ name }) => name === service)?.url ?? '';
  }
}

const isUpgrade = ({ headers, method }: FuzzRequest) =>
  method === 'CONNECT' || headers.some(([name]) => /^(upgrade|connection|transfer-encoding)$/i.test(name));
