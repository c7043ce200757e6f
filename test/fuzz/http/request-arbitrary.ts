import fc, { type Arbitrary } from 'fast-check';
import type { Operation } from './api-description.js';
import { TOKENS, type Credentials, type FuzzRequest, type Intent } from './fuzz-request.js';
import { oddJson, oddText } from './hostile-values.js';
import type { Parameter } from './open-api.js';
import { email, nearValid, valid } from './schema-arbitrary.js';
import { spoiling, type Draft } from './spoiling.js';

export interface RequestOptions {
  readonly operations: readonly Operation[];
  readonly adminToken: string;
}

/** Requests for all operations, in equal parts valid, near-valid and hostile. */
export function requests({ operations, adminToken }: RequestOptions): Arbitrary<FuzzRequest> {
  const intent = fc.constantFrom<Intent>('valid', 'near-valid', 'hostile');
  return fc
    .tuple(fc.constantFrom(...operations), intent)
    .chain(([operation, wanted]) => requestFor(operation, wanted, adminToken));
}

function requestFor(operation: Operation, intent: Intent, adminToken: string): Arbitrary<FuzzRequest> {
  const strict = intent === 'valid';
  const draft = fc
    .record({
      path: pathOf(operation, strict),
      query: queryOf(operation, strict),
      headers: headersOf(operation, strict),
      credentials: fc.constantFrom<Credentials>('none', 'wrong', 'right', 'right'),
      wrong: wrongCredentials(adminToken),
      body: bodyOf(operation, strict),
    })
    .map(({ path, query, headers, credentials, wrong, body }): Draft => {
      const authorization = authorizationOf(credentials, wrong, adminToken);
      return {
        service: operation.service,
        intent,
        credentials: operation.admin ? credentials : 'none',
        method: operation.method,
        target: query === '' ? path : `${path}?${query}`,
        headers: [...headers, ...(operation.admin ? authorization : [])],
        contentType: body === null ? null : 'application/json',
        contentLength: null,
        body: body === null ? null : Buffer.from(body, 'utf8'),
      };
    });
  if (intent !== 'hostile') return draft.map(finish);
  return fc
    .tuple(draft, fc.array(spoiling, { minLength: 1, maxLength: 3 }))
    .map(([sound, spoils]) => finish(spoils.reduce((spoilt, spoil) => spoil(spoilt), sound)));
}

function pathOf({ path, parameters }: Operation, strict: boolean): Arbitrary<string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const segments = names.map((name) => {
    const schema = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.schema;
    const sound = soundSegment(name, schema?.enum);
    const odd = oddText.map((text) => percentEncoded(text) || '%20');
    return strict ? sound : fc.oneof({ weight: 3, arbitrary: sound }, { weight: 1, arbitrary: odd });
  });
  return fc.tuple(...segments).map((values) => {
    let next = 0;
    return path.replace(/\{\w+\}/g, () => values[next++] ?? '');
  });
}

function soundSegment(name: string, allowed: readonly unknown[] | undefined): Arbitrary<string> {
  if (allowed) return fc.constantFrom(...allowed).map(String);
  if (name === 'email' || name === 'key') return email.map(encodeURIComponent);
  return fc.constantFrom(TOKENS.letter, TOKENS.letter, '1-1', '1807500000000-0');
}

function queryOf({ parameters }: Operation, strict: boolean): Arbitrary<string> {
  const own = parameters.filter((parameter) => parameter.in === 'query');
  const pairs = own.map((parameter) =>
    fc.option(
      queryValue(parameter, strict).map((value) => `${parameter.name}=${value}`),
      { nil: undefined, freq: 2 },
    ),
  );
  const extra = strict
    ? fc.constant(undefined)
    : fc.option(
        oddText.map((text) => `${percentEncoded(text)}=1`),
        { nil: undefined, freq: 6 },
      );
  const twice = strict ? fc.constant(false) : fc.integer({ min: 0, max: 9 }).map((n) => n === 0);
  return fc.tuple(fc.tuple(...pairs), extra, twice).map(([some, more, doubled]) => {
    const given = [...some, more].filter((pair) => pair !== undefined);
    // A wait for a version that never comes ends after this, not after seconds.
    if (given.some((pair) => pair.startsWith('after='))) given.push('timeoutMs=5');
    const unique = given.filter(
      (pair, at) => at === given.findIndex((other) => nameOf(other) === nameOf(pair)),
    );
    return (doubled ? [...unique, ...unique] : unique).join('&');
  });
}

const nameOf = (pair: string) => pair.split('=', 1)[0];

function queryValue({ name, schema = {} }: Parameter, strict: boolean): Arbitrary<string> {
  const odd = fc.oneof(
    oddText.map((text) => percentEncoded(text)),
    fc.constantFrom('-1', '0', '1e3', '0x10', '99999999999999999999', '1.5', '%ff', '%', '+1', '١'),
  );
  const sound =
    soundQueryValue(name, schema.enum) ?? valid(schema).map((json) => percentEncoded(unquoted(json)));
  return strict ? sound : fc.oneof({ weight: 2, arbitrary: sound }, { weight: 1, arbitrary: odd });
}

function soundQueryValue(
  name: string,
  allowed: readonly unknown[] | undefined,
): Arbitrary<string> | undefined {
  if (allowed) return fc.constantFrom(...allowed).map(String);
  if (name === 'timeoutMs') return fc.integer({ min: 1, max: 30 }).map(String);
  if (name === 'cursor') return fc.constant(TOKENS.cursor);
  if (name === 'after') return fc.constant(TOKENS.version);
  return undefined;
}

const unquoted = (json: string) => (json.startsWith('"') ? (JSON.parse(json) as string) : json);

/** Half a surrogate pair has no UTF-8 form. */
const percentEncoded = (text: string) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));

type Headers = Draft['headers'];

function headersOf({ parameters }: Operation, strict: boolean): Arbitrary<Headers> {
  const tag = fc.constantFrom(`"${TOKENS.version}"`, '*', '"1"', `W/"${TOKENS.version}"`, '"1", "2"');
  const oddTag = fc.oneof(
    tag,
    fc.constantFrom('', '""', '"', 'x', '"x', '*, *', '"1807500000000000', '""""', ','),
    fc.integer({ min: 100, max: 3000 }).map((count) => '"1",'.repeat(count)),
  );
  const own = parameters
    .filter((parameter) => parameter.in === 'header')
    .map(({ name }) =>
      fc.option(
        (strict ? tag : oddTag).map((value) => [name, value] as const),
        { nil: undefined, freq: 2 },
      ),
    );
  const usual = fc.constantFrom<Headers>(
    [],
    [['Accept', 'application/json']],
    [['Accept', 'text/plain']],
    [['X-Request-Id', 'fuzz-1']],
    [['Traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']],
    [['Idempotency-Key', '8e03978e-40d5-43dd-bc93-6894a57f9324']],
  );
  return fc
    .tuple(fc.tuple(...own), usual)
    .map(([some, more]) => [...some.filter((header) => header !== undefined), ...more]);
}

function wrongCredentials(adminToken: string): Arbitrary<string> {
  return fc.constantFrom(
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    `Bearer ${adminToken}x`,
    `Bearer ${adminToken.slice(0, -1)}`,
    `Bearer ${adminToken.toUpperCase()}`,
    `Bearer  ${adminToken}`,
    `Bearer ${adminToken}, Bearer ${adminToken}`,
    `Basic ${Buffer.from(`admin:${adminToken}`).toString('base64')}`,
    adminToken,
    `Bearer ${'x'.repeat(2000)}`,
    'Bearer \u00e9\u00e9',
  );
}

function authorizationOf(credentials: Credentials, wrong: string, adminToken: string): Headers {
  if (credentials === 'none') return [];
  return [['Authorization', credentials === 'right' ? `Bearer ${adminToken}` : wrong]];
}

function bodyOf({ body }: Operation, strict: boolean): Arbitrary<string | null> {
  if (!body) return fc.constant(null);
  return strict
    ? valid(body)
    : fc.oneof({ weight: 5, arbitrary: nearValid(body) }, { weight: 1, arbitrary: oddJson });
}

function finish({ contentType, contentLength, ...draft }: Draft): FuzzRequest {
  const headers: [string, string][] = [
    ['Host', '127.0.0.1'],
    ...draft.headers.map(([a, b]): [string, string] => [a, b]),
  ];
  if (contentType !== null) headers.push(['Content-Type', contentType]);
  const length = contentLength ?? draft.body?.length ?? 0;
  if (draft.body) headers.push(['Content-Length', String(length)]);
  return { ...draft, headers, desynced: contentLength !== null };
}
