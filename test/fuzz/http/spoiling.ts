import fc, { type Arbitrary } from 'fast-check';
import { gzipSync } from 'node:zlib';
import type { FuzzRequest } from './fuzz-request.js';
import { oddText } from './hostile-values.js';

/** A request before it is framed. */
export interface Draft extends Omit<FuzzRequest, 'desynced'> {
  readonly contentType: string | null;
  /** Where it lies: shorter than the body. */
  readonly contentLength: number | null;
}

type Spoil = (draft: Draft) => Draft;

const METHODS = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'QUERY',
  'get',
  'FOO',
  'PROPFIND',
];

const PATHS = [
  '*',
  '/',
  '//',
  '/..',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..;/metrics',
  '/%',
  '/%zz',
  '/%c0%af',
  '/%ff%fe',
  '/%00',
  '/ä',
  '/\u0001',
  'http://evil.example/health',
  '/health#x',
  '/health;x=1',
  '/HEALTH',
  '/health/',
  '/%68ealth',
  '/health%2Flive',
  '/.env',
  '/api-docs/../.env',
  '/api-docs/..%2f..%2f..%2fpackage.json',
  '/__proto__',
  '/constructor/prototype',
  '/dead-letters%2fmongo_changes',
  '/dead-letters/',
  '//dead-letters',
  '/./dead-letters',
  '/Dead-Letters',
  '/dead-letters/__proto__',
  '/dead-letters/constructor',
];

const CONTENT_TYPES = [
  '',
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/json;',
  'application/JSON',
  'application/jsonx',
  'application/problem+json',
  'text/json',
  'json',
  '*/*',
  'application/json, text/plain',
];

const HEADERS: readonly (readonly [string, string])[] = [
  ['X-Request-Id', 'a\r\nX-Injected: 1'],
  ['X-Request-Id', 'x'.repeat(500)],
  ['X-Request-Id', '\u00ff\u00fe'],
  ['Traceparent', 'garbage'],
  ['Traceparent', '00-00000000000000000000000000000000-0000000000000000-00'],
  ['X-Forwarded-For', '127.0.0.1, ::1'],
  ['X-Forwarded-Host', 'evil.example'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-Original-URL', '/dead-letters'],
  ['Content-Encoding', 'gzip'],
  ['Content-Encoding', 'br'],
  ['Expect', '100-continue'],
  ['Expect', 'nonsense'],
  ['Range', 'bytes=0-1'],
  ['Accept', '\u0001'],
  ['Accept', ','.repeat(3000)],
  ['Cookie', 'a=b; __proto__=x'],
  ['Idempotency-Key', 'x'.repeat(5000)],
  ['Idempotency-Key', ''],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Connection', 'close'],
  ['Transfer-Encoding', 'identity'],
  ['Origin', 'null'],
  ['Host', 'evil.example'],
  ['Bad Name', 'x'],
  ['X-Long', 'x'.repeat(20_000)],
  ['__proto__', 'x'],
];

const spoilMethod: Arbitrary<Spoil> = fc
  .constantFrom(...METHODS)
  .map((method) => (draft) => ({ ...draft, method }));

const spoilPath: Arbitrary<Spoil> = fc.oneof(
  fc.constantFrom(...PATHS).map((target): Spoil => (draft) => ({ ...draft, target })),
  fc
    .constantFrom(
      '%',
      '%zz',
      '/',
      '//',
      '/..',
      '%2F',
      '%00',
      '?',
      '?&&&=',
      '?a[b]=c',
      '?__proto__=1',
      '#',
      ';',
      '\u00e9',
    )
    .map((tail): Spoil => (draft) => ({ ...draft, target: draft.target + tail })),
  fc
    .constantFrom(300, 1100, 7000, 20_000)
    .map((length): Spoil => (draft) => ({ ...draft, target: `${draft.target}/${'a'.repeat(length)}` })),
  fc.constantFrom(300, 1100, 7000).map((length): Spoil => (draft) => ({
    ...draft,
    target: `${draft.target.split('?', 1)[0] ?? ''}?limit=${'1'.repeat(length)}`,
  })),
);

const spoilHeaders: Arbitrary<Spoil> = fc.oneof(
  fc
    .constantFrom(...HEADERS)
    .map((header): Spoil => (draft) => ({ ...draft, headers: [...draft.headers, header] })),
  fc
    .tuple(fc.constantFrom('If-Match', 'If-None-Match', 'X-Request-Id', 'Accept', 'Idempotency-Key'), oddText)
    .map(([name, value]): Spoil => (draft) => ({ ...draft, headers: [...draft.headers, [name, value]] })),
);

const spoilType: Arbitrary<Spoil> = fc
  .constantFrom(...CONTENT_TYPES, null)
  .map((contentType) => (draft) => ({ ...draft, contentType }));

/** Bodies that are no JSON, no UTF-8, cut off, too large, compressed – or there where none is expected. */
const spoilBody: Arbitrary<Spoil> = fc.oneof(
  fc
    .double({ min: 0, max: 1, noNaN: true })
    .map((share) => replaceBody((body) => body.subarray(0, Math.floor(body.length * share)))),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => replaceBody(() => Buffer.from(bytes))),
  fc
    .constantFrom(
      '',
      ' ',
      '\uFEFF{}',
      '{"email":"u1@fuzz.example.org","email":"u2@fuzz.example.org"}',
      '{',
      'null',
      '[]',
      '"x"',
      '{}{}',
    )
    .map((text) => replaceBody(() => Buffer.from(text))),
  fc.constant(replaceBody((body) => Buffer.concat([body, Buffer.from([0xc3, 0x28])]))),
  fc.constant(replaceBody((body) => gzipSync(body))),
  fc
    .constantFrom(200_000, 262_145, 400_000)
    .map((length) =>
      replaceBody(() =>
        Buffer.from(`{"email":"u1@fuzz.example.org","name":"n","x":"${'x'.repeat(length)}"}`),
      ),
    ),
  fc
    .constantFrom(10, 1001)
    .map((count) =>
      replaceBody(() =>
        Buffer.from(
          JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, n]))),
        ),
      ),
    ),
);

/** A shorter length than the body: its rest is garbage where a next request could begin. */
const spoilLength: Arbitrary<Spoil> = fc
  .integer({ min: 0, max: 20 })
  .map(
    (cut) => (draft) =>
      draft.body ? { ...draft, contentLength: Math.max(0, draft.body.length - cut) } : draft,
  );

export const spoiling: Arbitrary<Spoil> = fc.oneof(
  spoilMethod,
  spoilPath,
  spoilHeaders,
  spoilType,
  { weight: 2, arbitrary: spoilBody },
  spoilLength,
);

function replaceBody(change: (body: Buffer) => Buffer): Spoil {
  return (draft) => ({
    ...draft,
    contentType: draft.contentType ?? 'application/json',
    contentLength: null,
    body: change(draft.body ?? Buffer.from('{}')),
  });
}
