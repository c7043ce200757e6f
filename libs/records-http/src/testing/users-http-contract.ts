import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpProbe, ProbeAnswer, ProbeRequest } from '@redis-mongo-sync/service-kit/testing';

/** A server under test, with users at `basePath`. */
interface UsersUnderTest {
  readonly probe: HttpProbe;
  readonly basePath: string;
  readonly source: 'mongo' | 'redis';
  /** How many things the store holds, of any kind: refused requests must not change it. */
  readonly traces: () => Promise<number>;
  readonly close: () => Promise<void>;
}

let count = 0;
const newEmail = (name = 'user') => `${name}-${(count += 1)}@example.org`;

/** What every entrance to the users does, over HTTP. Call it in a spec file, once per entrance. */
export function usersHttpContract(name: string, start: () => Promise<UsersUnderTest>): void {
  describe(`users over HTTP: ${name}`, () => {
    let under: UsersUnderTest;
    beforeAll(async () => {
      under = await start();
    });
    afterAll(async () => {
      await under.close();
    });
    const users: Users = {
      under: () => under,
      ask: (path, what) => under.probe.ask(`${under.basePath}${path}`, what),
      post: (json, headers = {}) => under.probe.ask(under.basePath, { method: 'POST', json, headers }),
    };
    writesAndReads(users);
    conditionalRequests(users);
    readBacks(users);
    paging(users);
    refusals(users);
  });
}

interface Users {
  readonly under: () => UsersUnderTest;
  readonly ask: (path: string, what?: ProbeRequest) => Promise<ProbeAnswer>;
  readonly post: (json: unknown, headers?: Record<string, string>) => Promise<ProbeAnswer>;
}

const versionOf = ({ body }: ProbeAnswer) => Number(body.version);

function writesAndReads({ under, ask, post }: Users): void {
  it('POST creates a user, then merges into it', async () => {
    const email = newEmail();
    const created = await post({ email, name: ' Ada ', a: 1, b: null });
    expect(created.status).toBe(201);
    const { source, basePath } = under();
    expect(created.body).toMatchObject({ email, name: 'Ada', a: 1, b: null, source });
    expect(created.body.updatedAt).toBe(Math.floor(versionOf(created) / 1024));
    expect(created.headers.etag).toBe(`"${versionOf(created)}"`);
    expect(created.headers.location).toBe(`${basePath}/${email}`);

    const merged = await post({ email, a: [2] });
    expect(merged.status).toBe(200);
    expect(merged.body).toMatchObject({ email, name: 'Ada', a: [2], b: null });
    expect(versionOf(merged)).toBeGreaterThan(versionOf(created));
    expect((await ask(`/${email}`)).body).toEqual(merged.body);
  });

  it('takes e-mails in any case, with white space around', async () => {
    const email = newEmail('mixed');
    const created = await post({ email: `  ${email.toUpperCase()} `, name: 'Ada' });
    expect(created.body.email).toBe(email);
    expect((await ask(`/${encodeURIComponent(email.toUpperCase())}`)).status).toBe(200);
  });

  it('keeps profiles exactly', async () => {
    const profile = {
      nested: { list: [], object: {}, deep: [[{ x: null }]] },
      max: 9007199254740991,
      min: -9007199254740991,
      fraction: 0.1,
      text: 'Ünïcødé 𝒳 \u{1f9d1}\u200d\u{1f4bb}\n\t"\\ $set',
      'odd name/~ é': true,
    };
    const email = newEmail();
    await post({ email, name: 'Ada', ...profile });
    expect((await ask(`/${email}`)).body).toMatchObject(profile);
  });

  it('takes typed values as it shows them', async () => {
    const profile = {
      born: { $date: '1985-12-10T00:00:00Z' },
      died: { $date: { $numberLong: '-3713904000000' } },
      long: { $numberLong: '9007199254740993' },
      list: [{ $numberDouble: '-0.0' }, { $oid: '0123456789abcdef01234567' }, 1.5e300],
      query: { $document: { $or: [{ 'a.b': { $document: { $gt: { $numberDecimal: '1.10' } } } }] } },
      odd: { 'a.b': 'x\0', '': { $ref: 'c', $id: 5 } },
    };
    const email = newEmail();
    expect((await post({ email, name: 'Ada', ...profile })).status).toBe(201);
    const shown = (await ask(`/${email}`)).body;
    expect(shown).toMatchObject(profile);
    const put = await ask(`/${email}`, { method: 'PUT', json: { name: 'Ada', ...profile } });
    expect([put.status, put.body]).toMatchObject([200, profile]);
  });

  it('PUT replaces the profile, and creates a user', async () => {
    const email = newEmail();
    const put = (json: unknown) => ask(`/${email}`, { method: 'PUT', json });
    expect((await put({ name: 'Ada', a: 1 })).status).toBe(201);
    const replaced = await put({ name: 'Ada L.', email });
    expect(replaced.status).toBe(200);
    expect(replaced.body).not.toHaveProperty('a');
    expect((await put({ a: 1 })).body).toMatchObject({ status: 400, code: 'invalid-body' });
  });

  it('PATCH merges, and null removes', async () => {
    const email = newEmail();
    await post({ email, name: 'Ada', a: 1, b: 2 });
    const patch = (json: unknown) => ask(`/${email}`, { method: 'PATCH', json });
    const patched = await patch({ a: null, c: { d: null } });
    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({ name: 'Ada', b: 2, c: { d: null } });
    expect(patched.body).not.toHaveProperty('a');
    expect((await patch({ name: null })).body).toMatchObject({ status: 400, code: 'invalid-body' });
    const nobody = await ask(`/${newEmail()}`, { method: 'PATCH', json: { a: 1 } });
    expect(nobody.body).toMatchObject({ status: 404, code: 'user-not-found', version: 0 });
  });

  it('DELETE removes, and may be repeated', async () => {
    const email = newEmail();
    const created = await post({ email, name: 'Ada', old: true });
    const remove = () => ask(`/${email}`, { method: 'DELETE' });
    const removed = await remove();
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect(Number(removed.headers['sync-position'])).toBeGreaterThan(versionOf(created));
    const gone = await ask(`/${email}`);
    expect(gone.body).toMatchObject({ status: 404, code: 'user-not-found' });
    expect(String(versionOf(gone))).toBe(removed.headers['sync-position']);
    expect((await remove()).status).toBe(204);
    const again = await post({ email, name: 'Ada' });
    expect(again.status).toBe(201);
    expect(again.body).not.toHaveProperty('old');
  });

  it('POST needs a name where there is no user yet', async () => {
    const email = newEmail();
    expect((await post({ email, a: 1 })).body).toMatchObject({
      status: 400,
      code: 'invalid-body',
      errors: [{ in: 'body', field: '/name' }],
    });
    expect((await ask(`/${email}`)).status).toBe(404);
  });

  it('changes an e-mail, or says where that can be done', async () => {
    const [email, next] = [newEmail('from'), newEmail('to')];
    const created = await post({ email, name: 'Ada', kept: 1 });
    const renamed = await ask(`/${email}`, { method: 'PATCH', json: { email: next, more: 2 } });
    if (under().source === 'redis') {
      expect(renamed.body).toMatchObject({ status: 409, code: 'email-change-unsupported' });
      expect(String(renamed.body.detail)).toContain('mongo-first');
      expect((await ask(`/${email}`)).body).toEqual(created.body);
      return;
    }
    expect(renamed.status).toBe(200);
    expect(renamed.headers.location).toBe(`${under().basePath}/${next}`);
    expect(renamed.body).toMatchObject({ email: next, name: 'Ada', kept: 1, more: 2 });
    expect((await ask(`/${email}`)).status).toBe(404);
    expect((await ask(`/${next}`)).body).toEqual(renamed.body);

    const other = newEmail();
    await post({ email: other, name: 'Bob' });
    const taken = await ask(`/${next}`, { method: 'PUT', json: { email: other, name: 'Ada' } });
    expect(taken.body).toMatchObject({ status: 409, code: 'email-taken' });
    const nobody = await ask(`/${newEmail()}`, { method: 'PUT', json: { email: newEmail(), name: 'X' } });
    expect(nobody.body).toMatchObject({ status: 404, code: 'user-not-found' });
  });
}

function conditionalRequests({ ask, post }: Users): void {
  it('If-Match writes the version it names, and no other', async () => {
    const email = newEmail();
    const { headers, ...created } = await post({ email, name: 'Ada' });
    const etag = String(headers.etag);
    const put = (ifMatch: string) =>
      ask(`/${email}`, { method: 'PUT', json: { name: 'Bob' }, headers: { 'if-match': ifMatch } });
    expect((await put(`"1", ${etag}`)).status).toBe(200);
    const stale = await put(etag);
    expect(stale.body).toMatchObject({ status: 412, code: 'precondition-failed' });
    expect(versionOf(stale)).toBeGreaterThan(versionOf(created as ProbeAnswer));
    const current = String(stale.headers.etag);
    expect((await put(`W/${current}`)).status).toBe(412);
    expect((await put('"not-ours"')).status).toBe(412);
    expect((await put(current)).status).toBe(200);
    expect((await put('*')).status).toBe(200);
    expect((await put('nonsense')).body).toMatchObject({ status: 400, code: 'invalid-header' });
  });

  it('If-Match fails where there is no user', async () => {
    const path = `/${newEmail()}`;
    const headers = { 'if-match': '*' };
    for (const what of [
      { method: 'PUT', json: { name: 'Ada' }, headers },
      { method: 'PATCH', json: { a: 1 }, headers },
      { method: 'DELETE', headers },
    ] as const) {
      expect((await ask(path, what)).body).toMatchObject({ status: 412, version: 0 });
    }
    expect((await ask(path)).status).toBe(404);
  });

  it('If-None-Match: * creates, and does not overwrite', async () => {
    const email = newEmail();
    const headers = { 'if-none-match': '*' };
    expect((await post({ email, a: 1 }, headers)).body).toMatchObject({ status: 400, code: 'invalid-body' });
    expect((await post({ email, name: 'Ada' }, headers)).status).toBe(201);
    expect((await post({ email, name: 'Bob' }, headers)).status).toBe(412);
    expect((await ask(`/${email}`)).body.name).toBe('Ada');
  });

  it('lets one of two racing writers through', async () => {
    const email = newEmail();
    const etag = String((await post({ email, name: 'Ada' })).headers.etag);
    const answers = await Promise.all(
      ['Bob', 'Eve'].map((name) => post({ email, name }, { 'if-match': etag })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('GET says when nothing has changed', async () => {
    const email = newEmail();
    const etag = String((await post({ email, name: 'Ada' })).headers.etag);
    const read = (headers: Record<string, string>) => ask(`/${email}`, { headers });
    const unchanged = await read({ 'if-none-match': `W/${etag}` });
    expect([unchanged.status, unchanged.text, unchanged.headers.etag]).toEqual([304, '', etag]);
    expect((await read({ 'if-none-match': '"1"' })).status).toBe(200);
    expect((await read({ 'if-match': '"1"' })).status).toBe(412);
  });
}

/** Names that the sync keeps for itself in answers only, as fields of a client. */
const OWN = { version: '1.2', source: 'mongo', deleted: true, purgeAt: null };

function readBacks({ under, ask, post }: Users): void {
  const put = (email: string, json: unknown) => ask(`/${email}`, { method: 'PUT', json });

  it("shows the stamp as _sync, and a client's fields of the same names as they are", async () => {
    const email = newEmail();
    const { body: plain, headers } = await post({ email, name: 'Ada' });
    const { version, updatedAt, source } = plain;
    expect(plain._sync).toEqual({ version, updatedAt, source });
    expect(source).toBe(under().source);
    expect(headers.etag).toBe(`"${Number(version)}"`);

    const clashing = await post({ email, ...OWN });
    expect(clashing.body).toMatchObject(OWN);
    const stamp = clashing.body._sync as { version: number };
    expect(stamp).toMatchObject({ source: under().source, own: ['version', 'source'] });
    expect(stamp.version).toBeGreaterThan(Number(version));
    expect(clashing.body.updatedAt).toBe(Math.floor(stamp.version / 1024));
    expect(clashing.headers.etag).toBe(`"${stamp.version}"`);
    const { body: page } = await ask(`?limit=1&cursor=${cursorBefore(email)}`);
    expect((page.users as unknown[])[0]).toEqual(clashing.body);
  });

  it('takes an answer back: GET → PUT changes nothing but the version', async () => {
    for (const profile of [{}, OWN, { updatedAt: 5 }]) {
      const email = newEmail();
      await post({ email, name: 'Ada', nested: { version: 1 }, ...profile });
      const { body } = await ask(`/${email}`);
      const again = await put(email, { ...body, changed: 1 });
      expect(again.status).toBe(200);
      expect(profileOf(again.body)).toEqual({ ...profileOf(body), changed: 1 });
    }
  });

  it('takes version, updatedAt and source of a body without _sync for fields of the client', async () => {
    const email = newEmail();
    const { body } = await post({ email, name: 'Ada' });
    const { _sync, ...rest } = body;
    const kept = await put(email, rest);
    const { version, updatedAt, source } = body;
    expect(kept.body).toMatchObject({ version, updatedAt, source });
    expect(kept.body._sync).toMatchObject({ own: ['version', 'updatedAt', 'source'] });
  });
}

/** The cursor behind which a list begins with this e-mail. */
function cursorBefore(email: string): string {
  return Buffer.from(email.slice(0, -1)).toString('base64url');
}

/** What of an answer the client had written. */
function profileOf({ _sync, ...members }: ProbeAnswer['body']): Record<string, unknown> {
  const own = (_sync as { own?: string[] }).own ?? [];
  const shown = ['version', 'updatedAt', 'source'].filter((name) => !own.includes(name));
  return Object.fromEntries(Object.entries(members).filter(([name]) => !shown.includes(name)));
}

function paging({ ask, post }: Users): void {
  it('lists users page by page in the order of their e-mails', async () => {
    const prefix = newEmail('zz-page').split('@')[0];
    const emails = ['c', 'a', 'b'].map((letter) => `${prefix}-${letter}@example.org`);
    for (const email of emails) await post({ email, name: 'Ada' });
    const found: unknown[] = [];
    let cursor: string | null = Buffer.from(String(prefix)).toString('base64url');
    while (cursor !== null) {
      const { status, body }: ProbeAnswer = await ask(`?limit=2&cursor=${cursor}`);
      expect(status).toBe(200);
      const users = body.users as { email: string }[];
      expect(users.length).toBeLessThanOrEqual(2);
      found.push(...users.map(({ email }) => email));
      cursor = body.nextCursor as string | null;
    }
    expect(found).toEqual([...emails].sort());
  });

  it.each(['limit=0', 'limit=1001', 'limit=1e2', 'limit=', 'cursor=***', 'cursor=', 'cursor=AA'])(
    'refuses ?%s',
    async (query) => {
      expect((await ask(`?${query}`)).body).toMatchObject({ status: 400, code: 'invalid-query' });
    },
  );
}

/** Bodies that must not pass, as they are sent. `EMAIL` stands for an e-mail that no user has. */
const BAD_BODIES: readonly (readonly [string, string])[] = [
  ['no object', '[]'],
  ['null', 'null'],
  ['a string', '"x"'],
  ['no e-mail', '{"name":"Ada"}'],
  ['an operator for the e-mail', '{"email":{"$ne":null},"name":"Ada"}'],
  ['a list for the e-mail', '{"email":["EMAIL"],"name":"Ada"}'],
  ['an operator for the name', '{"email":"EMAIL","name":{"$gt":""}}'],
  ['a number for the name', '{"email":"EMAIL","name":1}'],
  ['null for the name', '{"email":"EMAIL","name":null}'],
  ['a blank name', '{"email":"EMAIL","name":" \\t "}'],
  ['a long name', JSON.stringify({ email: 'EMAIL', name: 'x'.repeat(201) })],
  ['a line break in the name', '{"email":"EMAIL","name":"a\\nb"}'],
  ['NUL in the name', '{"email":"EMAIL","name":"a\\u0000b"}'],
  ['an operator', '{"email":"EMAIL","name":"Ada","$set":{"a":1}}'],
  ['a deep operator', '{"email":"EMAIL","name":"Ada","a":[{"b":{"$where":"1"}}]}'],
  ['a dotted name', '{"email":"EMAIL","name":"Ada","a.b":1}'],
  ['what only looks like a typed value', '{"email":"EMAIL","name":"Ada","a":{"$oid":"zz"}}'],
  ['a name that drivers interpret', '{"email":"EMAIL","name":"Ada","a":[{"_bsontype":"Long"}]}'],
  ['an empty name', '{"email":"EMAIL","name":"Ada","":1}'],
  ['NUL in a name', '{"email":"EMAIL","name":"Ada","a\\u0000":1}'],
  ['half a surrogate pair', '{"email":"EMAIL","name":"Ada","a":"\\ud800"}'],
  ['half a surrogate pair in a name', '{"email":"EMAIL","name":"Ada","\\udc00":1}'],
  ['__proto__', '{"email":"EMAIL","name":"Ada","__proto__":{"admin":true}}'],
  ['a deep __proto__', '{"email":"EMAIL","name":"Ada","a":{"__proto__":1}}'],
  ['constructor', '{"email":"EMAIL","name":"Ada","constructor":1}'],
  ['a deep prototype', '{"email":"EMAIL","name":"Ada","a":{"prototype":1}}'],
  ...['_id', 'id', '__v', '_sync', 'wallet'].map(
    (name) => [`a claim of ${name}`, `{"email":"EMAIL","name":"Ada","${name}":1}`] as const,
  ),
  ...['passwordHash', 'refreshTokens', 'authLogs', 'verificationCode', 'twoFA'].map(
    (name) => [`a claim of ${name}`, `{"email":"EMAIL","name":"Ada","${name}":"x"}`] as const,
  ),
  ['an integer beyond 2^53-1', '{"email":"EMAIL","name":"Ada","n":9007199254740992}'],
  ['an integer below -(2^53-1)', '{"email":"EMAIL","name":"Ada","a":[{"n":-9007199254740993}]}'],
  ['a number beyond all', '{"email":"EMAIL","name":"Ada","n":1e400}'],
  ['33 levels', `{"email":"EMAIL","name":"Ada","a":${'['.repeat(32)}${']'.repeat(32)}}`],
  ['10,000 levels', `{"email":"EMAIL","name":"Ada","a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ['1,001 fields', JSON.stringify(Object.fromEntries(manyFields()))],
  ['broken JSON', '{"email":"EMAIL","name":"Ada"'],
  ['nothing', ''],
];

function manyFields(): [string, unknown][] {
  const fields = Array.from({ length: 999 }, (_, n): [string, unknown] => [`f${n}`, n]);
  return [['email', 'EMAIL'], ['name', 'Ada'], ...fields];
}

const BAD_EMAILS = [
  'x',
  'a@b',
  '@example.org',
  'a b@example.org',
  'a*@example.org',
  'a?@example.org',
  'a[b]@example.org',
  'a{b}@example.org',
  'a:b@example.org',
  'a@exam\nple.org',
  'a@example.org\u0000',
  '"a b"@example.org',
  `${'x'.repeat(65)}@example.org`,
  `a@${'x.'.repeat(130)}org`,
];

function refusals({ under, ask, post }: Users): void {
  const leavesNoTrace = async (attempt: () => Promise<ProbeAnswer>, expected: object) => {
    const before = await under().traces();
    const answer = await attempt();
    expect(answer.body).toMatchObject(expected);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
    expect(await under().traces()).toBe(before);
  };
  const send = (raw: string, what: ProbeRequest = {}) =>
    ask('', { method: 'POST', headers: { 'content-type': 'application/json' }, raw, ...what });

  it.each(BAD_BODIES)('refuses a body with %s', async (_what, body) => {
    const raw = body.replace('EMAIL', newEmail('bad'));
    await leavesNoTrace(() => send(raw), { status: 400 });
  });

  it.each(BAD_EMAILS)('refuses the e-mail %j', async (email) => {
    await leavesNoTrace(() => post({ email, name: 'Ada' }), { status: 400, code: 'invalid-body' });
    for (const method of ['GET', 'DELETE', 'PUT', 'PATCH'] as const) {
      const json = method === 'PUT' || method === 'PATCH' ? { json: { name: 'Ada' } } : {};
      const attempt = () => ask(`/${encodeURIComponent(email)}`, { method, ...json });
      await leavesNoTrace(attempt, { status: 400, code: 'invalid-email' });
    }
  });

  it.each(['?email[$gt]=', '?$where=1', '?limit=1&limit=2', '?__proto__=1', '?after=x', '?timeoutMs=1x'])(
    'refuses the query %s',
    async (query) => {
      await leavesNoTrace(() => ask(query), { status: 400, code: 'invalid-query' });
      const body = JSON.stringify({ email: newEmail('bad'), name: 'Ada' });
      const attempt = () =>
        ask(query, { method: 'POST', raw: body, headers: { 'content-type': 'application/json' } });
      await leavesNoTrace(attempt, { status: 400, code: 'invalid-query' });
    },
  );

  it('refuses large bodies, other types and other methods', async () => {
    const email = newEmail('bad');
    const large = JSON.stringify({ email, name: 'Ada', a: 'x'.repeat(1_100_000) });
    await leavesNoTrace(() => send(large), { status: 413, code: 'body-too-large' });
    const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    await leavesNoTrace(() => send(`email=${email}`, form), { status: 415, code: 'unsupported-media-type' });
    const text = { headers: { 'content-type': 'text/plain' } };
    await leavesNoTrace(() => send('{}', text), { status: 415, code: 'unsupported-media-type' });
    const all = () => ask('', { method: 'DELETE' });
    await leavesNoTrace(all, { status: 405, code: 'method-not-allowed' });
    await leavesNoTrace(() => ask(`/${email}/more`), { status: 404, code: 'not-found' });
  });

  it('names every field that is wrong', async () => {
    const answer = await post({ email: 'x', name: '', 'a.b': 1, ok: { $or: 9007199254740992 } });
    const fields = (answer.body.errors as { field: string }[]).map(({ field }) => field);
    expect(fields.sort()).toEqual(['/a.b', '/email', '/name', '/ok']);
  });
}
