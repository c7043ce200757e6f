import fc from 'fast-check';
import { CircuitBreaker } from '../src/consumer/circuit-breaker.js';
import { NEXT_MODES, type ConsumerMode } from '../src/consumer/consumer-mode.js';
import { planRedelivery } from '../src/consumer/redelivery-plan.js';
import { Slots } from '../src/consumer/slots.js';
import { redactFields } from '../src/dead-letters/redact.js';
import { classifyFailure, isGroupLost } from '../src/failure-kind.js';
import { splitBySize } from '../src/split-by-size.js';
import { compareIds, fieldOf } from '../src/stream-entry.js';
import { ManualClock } from '../src/testing/manual-clock.js';

describe('splitBySize', () => {
  const entries = fc.array(
    fc.record({ id: fc.string(), fields: fc.array(fc.string({ maxLength: 20 }), { maxLength: 6 }) }),
  );
  const size = (part: readonly { fields: readonly string[] }[]) =>
    part.flatMap(({ fields }) => fields).join('').length;

  it('keeps all entries in order, each part within the budget or a single entry', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 100 }), (batch, budget) => {
        const parts = splitBySize(batch, budget);
        expect(parts.flat()).toEqual(batch);
        for (const part of parts) expect(part.length === 1 || size(part) <= budget).toBe(true);
        parts.slice(1).forEach((part, index) => {
          expect(size([...(parts[index] ?? []), ...part.slice(0, 1)])).toBeGreaterThan(budget); // no needless cut
        });
      }),
    );
  });
});

describe('planRedelivery', () => {
  const pending = fc.uniqueArray(
    fc.record({ id: fc.nat().map(String), deliveries: fc.integer({ min: 1, max: 9 }) }),
    {
      selector: ({ id }) => id,
    },
  );

  it('keeps every entry and the order; spares survivors; isolates suspects; gives up only above the limit', () => {
    fc.assert(
      fc.property(pending, fc.func(fc.boolean()), (rows, survived) => {
        const steps = planRedelivery(rows, { maxDeliveries: 5, survived });
        const idsOf = (step: (typeof steps)[number]) => (step.kind === 'batch' ? step.ids : [step.id]);
        expect(steps.flatMap(idsOf)).toEqual(rows.map(({ id }) => id));
        const counted = new Map(rows.map(({ id, deliveries }) => [id, deliveries]));
        for (const step of steps) {
          if (step.kind === 'dead-letter') {
            expect(survived(step.id)).toBe(false);
            expect(counted.get(step.id)).toBeGreaterThan(5);
            continue;
          }
          for (const id of idsOf(step)) {
            const before = counted.get(id) ?? 0;
            expect(step.deliveries).toBe(survived(id) ? 1 : before + 1);
            expect(step.kind).toBe(!survived(id) && before > 1 ? 'trial' : 'batch');
          }
        }
      }),
    );
  });

  it('hands first-time entries over together', () => {
    const rows = ['1', '2', '3'].map((id) => ({ id, deliveries: 1 }));
    expect(planRedelivery(rows, { maxDeliveries: 5, survived: () => false })).toEqual([
      { kind: 'batch', ids: ['1', '2', '3'], deliveries: 2 },
    ]);
  });
});

describe('CircuitBreaker', () => {
  it('closes only on a success that says something about the failure', () => {
    const breaker = new CircuitBreaker({}, new ManualClock(), Math.random);
    breaker.fail('handler');
    expect(breaker.succeed('redis')).toBe(false);
    expect(breaker.succeed('handler')).toBe(true);
    breaker.fail('redis');
    expect(breaker.succeed('redis')).toBe(true);
    expect(breaker.succeed('redis')).toBe(false);
  });

  it('waits between half and all of an exponential, capped time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, random) => {
          const breaker = new CircuitBreaker({ baseMs: 50, capMs: 2_000 }, new ManualClock(), () => random);
          let wait = 0;
          for (let n = 0; n < failures; n += 1) wait = breaker.fail('redis');
          const full = Math.min(2_000, 50 * 2 ** Math.min(failures - 1, 30));
          expect(wait).toBeGreaterThanOrEqual(Math.floor(full / 2));
          expect(wait).toBeLessThanOrEqual(full);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('Slots', () => {
  it('throws the failure of a task to whoever asks next, and lets the others finish', async () => {
    const slots = new Slots(2);
    let finished = false;
    let finish: () => void = () => undefined;
    slots.start(() => new Promise<void>((resolve) => (finish = resolve)).then(() => void (finished = true)));
    slots.start(() => Promise.reject(new Error('boom')));
    await expect(slots.free()).rejects.toThrow('boom');
    const idle = slots.idle();
    finish();
    await expect(idle).rejects.toThrow('boom');
    expect(finished).toBe(true);
  });
});

describe('modes', () => {
  it('lead back to tailing only through recovering, and nowhere from stopped', () => {
    const modes = Object.keys(NEXT_MODES) as ConsumerMode[];
    expect(modes.filter((mode) => NEXT_MODES[mode].includes('tailing'))).toEqual(['recovering']);
    expect(NEXT_MODES.stopped).toEqual([]);
    expect(NEXT_MODES.draining).toEqual(['stopped']);
  });
});

describe('classifyFailure', () => {
  const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });
  it.each([
    [reply('LOADING Redis is loading the dataset in memory'), 'transient'],
    [reply('READONLY You can not write against a read only replica.'), 'transient'],
    [reply("OOM command not allowed when used memory > 'maxmemory'."), 'transient'],
    [reply('CLUSTERDOWN Hash slot not served'), 'transient'],
    [reply('BUSY Redis is busy running a script.'), 'transient'],
    [new Error('Command timed out'), 'transient'],
    [new Error('Connection is closed.'), 'transient'],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'transient'],
    [new Error('wrapped', { cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }) }), 'transient'],
    [reply('WRONGPASS invalid username-password pair'), 'fatal'],
    [reply('WRONGTYPE Operation against a key holding the wrong kind of value'), 'fatal'],
    [new TypeError('x is not a function'), 'poison'],
    ['a string', 'poison'],
    [undefined, 'poison'],
  ])('%s → %s', (error, kind) => expect(classifyFailure(error)).toBe(kind));

  it('knows a lost group from an unblocked client', () => {
    expect(isGroupLost(reply("NOGROUP No such key 's' or consumer group 'g'"))).toBe(true);
    expect(isGroupLost(reply('UNBLOCKED the stream key no longer exists'))).toBe(true);
    expect(isGroupLost(reply('UNBLOCKED client unblocked via CLIENT UNBLOCK'))).toBe(false);
  });
});

describe('compareIds', () => {
  const id = fc.tuple(fc.nat(1_000), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
  it('orders by time, then by the whole 64-bit sequence', () => {
    fc.assert(
      fc.property(id, id, ([aTime, aSequence], [bTime, bSequence]) => {
        const expected = aTime !== bTime ? aTime < bTime : aSequence < bSequence;
        expect(compareIds(`${aTime}-${aSequence}`, `${bTime}-${bSequence}`) < 0).toBe(expected);
      }),
    );
  });
});

describe('redactFields', () => {
  it('never lets a secret through, at any depth, and changes nothing else', () => {
    const secret = 'S3CRET';
    const harmless = fc.constantFrom('email', 'name', 'items', '__proto__', 'constructor');
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(1, 'text', null, true, '{"broken'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.array(fc.tuple(harmless, tie('tree')), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs)),
        tie('tree').map((value) =>
          Object.fromEntries([
            ['passwordHash', secret],
            ['inner', value],
          ]),
        ),
        tie('tree').map((value) => JSON.stringify(value)),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(value);
        const shown = redactFields(['payload', text], ['passwordhash']).payload ?? '';
        expect(shown).not.toContain(secret);
        if (!text.includes(secret)) expect(shown).toBe(text);
      }),
    );
  });

  it.each([
    ['{"name":"Ada","passwordHash":"S3CRET","n":1', '{"name":"Ada","passwordHash[redacted]'],
    ['{"event":"{\\"passwordHash\\":\\"S3CRET', '{"event":"{\\"passwordHash[redacted]'],
    ['x{"PasswordHash" : ["S3CRET"]}', 'x{"PasswordHash[redacted]'],
    ['{"name":"Ada","n":1', '{"name":"Ada","n":1'],
  ])('cuts JSON that cannot be parsed at the first secret: %s', (text, shown) => {
    expect(redactFields(['event', text], ['passwordHash']).event).toBe(shown);
  });

  it('blanks what is nested too deep to be looked through', () => {
    const deep = `${'['.repeat(5_000)}{"pin":"1234"}${']'.repeat(5_000)}`;
    expect(redactFields(['payload', deep], ['pin']).payload).not.toContain('1234');
  });
});

describe('fieldOf', () => {
  it('looks at names only, not at values', () => {
    const entry = { id: '1-1', fields: ['a', 'b', 'b', 'c'] };
    expect([fieldOf(entry, 'b'), fieldOf(entry, 'c')]).toEqual(['c', undefined]);
  });
});
