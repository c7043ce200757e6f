import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { RawClient, type RawResponse } from '../fuzz/http/raw-http.js';
import { eventually } from '@redis-mongo-sync/testing';
import { ServiceProcess, type ServiceName } from '../support/service-process.js';
import { flood, open, trickle } from './raw-socket.js';

/** No store is needed: all this is refused, or survived, before one would be asked. */
const ENV = {
  REDIS_URL: 'redis://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/?directConnection=true',
  MONGODB_TIMEOUT_MS: '200',
  USER_SERVICE_URL: 'http://127.0.0.1:1',
  SYNC_SERVICE_URL: 'http://127.0.0.1:1',
  EVENT_SERVICE_URL: 'http://127.0.0.1:1',
  LOG_LEVEL: 'error',
  HEADERS_TIMEOUT_MS: '600',
  REQUEST_TIMEOUT_MS: '1000',
  MAX_CONNECTIONS: '2100',
};
/** A deadline, the time between two looks at it, and a machine that has other things to do. */
const IN_TIME_MS = 8_000;

interface Service {
  readonly name: ServiceName;
  readonly live: string;
  /** An endpoint that reads a body. */
  readonly write: string;
  /** An endpoint with a parameter in its path. */
  readonly item: string;
}

const SERVICES: readonly Service[] = [
  { name: 'api-gateway', live: '/health/live', write: '/redis-first/users', item: '/redis-first/users/' },
  { name: 'user-service', live: '/users/health/live', write: '/users', item: '/users/' },
  {
    name: 'event-service',
    live: '/health/live',
    write: '/api/events/chat',
    item: '/api/events/rooms/',
  },
  {
    name: 'sync-service',
    live: '/health/live',
    write: '/dead-letters/redis_changes/replay',
    item: '/dead-letters/',
  },
];

describe.each(SERVICES)(
  'the $name, and clients that are slow, many or too large',
  ({ name, live, write, item }) => {
    let service: ServiceProcess;
    beforeAll(async () => {
      service = await ServiceProcess.start(name, ENV);
    }, 60_000);
    afterAll(async () => {
      await service.end('SIGKILL');
    });

    async function ask(
      method: string,
      target: string,
      { headers = [], body = null }: { headers?: [string, string][]; body?: Buffer | null } = {},
    ): Promise<RawResponse> {
      const client = new RawClient(service.port);
      const length: [string, string][] = body ? [['Content-Length', String(body.length)]] : [];
      try {
        return await client.ask({ method, target, headers: [['Host', 'x'], ...headers, ...length], body });
      } finally {
        client.close();
      }
    }

    const post = (body: Buffer, ...headers: [string, string][]) =>
      ask('POST', write, { body, headers: [['Content-Type', 'application/json'], ...headers] });
    const codeOf = ({ body }: RawResponse) => (JSON.parse(body.toString()) as { code: string }).code;

    /** It answers, and has logged no failure of its own. */
    async function isWell(): Promise<void> {
      expect((await ask('GET', live)).status).toBe(200);
      expect(service.output.filter((line) => line.includes('failed, request')).slice(0, 2)).toEqual([]);
    }

    it('cuts off a client that trickles its headers', async () => {
      const head = ['GET / HTTP/1.1\r\nHost: x\r\n', 'X-Slow: 1\r\n'];
      const { text, ms } = await trickle(service.port, head, 50);
      expect(text).toContain(' 408 ');
      expect(text).toContain('"code":"request-timeout"');
      expect(ms).toBeLessThan(IN_TIME_MS);
      await isWell();
    });

    it('cuts off a client that trickles its body', async () => {
      const head = `POST ${write} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n`;
      const { text, ms } = await trickle(service.port, [head, ' '], 50);
      expect(text).toContain(' 408 ');
      expect(ms).toBeLessThan(IN_TIME_MS);
      await isWell();
    });

    it('closes a connection on which nothing comes', async () => {
      const { ms } = await trickle(service.port, [], 1_000);
      expect(ms).toBeLessThan(IN_TIME_MS);
    });

    it('serves beside 2,000 idle connections, and holds no more than its limit', async () => {
      const sockets: Socket[] = [];
      try {
        // Served once each, so that they are kept connections and not slow first requests.
        sockets.push(...(await flood(service.port, 2_000, `GET ${live} HTTP/1.1\r\nHost: x\r\n\r\n`)));
        expect(sockets.filter(({ readyState }) => readyState !== 'open')).toHaveLength(0);
        await isWell();
        const more = await flood(service.port, 300);
        sockets.push(...more);
        await eventually(() => more.filter(({ readyState }) => readyState !== 'open').length >= 200);
      } finally {
        for (const socket of sockets) socket.destroy();
      }
      await eventually(isWell);
    }, 60_000);

    it('refuses garbage that is pipelined behind a request, and closes the connection', async () => {
      const first = `GET ${live} HTTP/1.1\r\nHost: x\r\n\r\n`;
      const { text } = await trickle(service.port, [`${first}\x00\x01garbage\r\n\r\n${first}`], 10_000);
      expect(text).toContain('HTTP/1.1 400 ');
      // What follows the garbage is no request any more.
      expect(text.match(/HTTP\/1\.1 200 /g) ?? []).not.toHaveLength(2);
      await isWell();
    });

    it('refuses what is too large: body, headers, path', async () => {
      const large = Buffer.alloc(262_145, ' ');
      expect(await post(large).then(codeOf)).toBe('body-too-large');
      const chunked = `POST ${write} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
      const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
      const { text } = await trickle(service.port, [chunked, chunk], 5);
      expect(text).toContain('"code":"body-too-large"');
      expect(await ask('GET', live, { headers: [['X-Long', 'x'.repeat(20_000)]] }).then(codeOf)).toBe(
        'headers-too-large',
      );
      expect(await ask('GET', `${item}${'a'.repeat(2_000)}`).then(codeOf)).toBe('uri-too-long');
      await isWell();
    });

    it('refuses deep JSON and compressed bodies before they cost anything', async () => {
      const deep = Buffer.from('['.repeat(100_000) + ']'.repeat(100_000));
      expect(await post(deep).then(codeOf)).toBe('invalid-body');
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      expect(bomb.length).toBeLessThan(262_144);
      expect(await post(bomb, ['Content-Encoding', 'gzip']).then(codeOf)).toBe('unsupported-media-type');
      await isWell();
    });

    it('survives clients that go away in the middle of their body', async () => {
      const head = `POST ${write} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"email":`;
      await Promise.all(
        Array.from({ length: 200 }, async (_, n) => {
          const socket = await open(service.port);
          await new Promise((resolve) => socket.write(head, resolve));
          if (n % 2) socket.resetAndDestroy();
          else socket.destroy();
        }),
      );
      await isWell();
    });
  },
);
