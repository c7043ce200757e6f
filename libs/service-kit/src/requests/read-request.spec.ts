import { describe, expect, it } from '@jest/globals';
import { HttpProblem } from '../problems/http-problem.js';
import { ProblemError, type FieldError } from '../problems/problem-error.js';
import { FieldCheck } from './field-check.js';
import { EnumField } from './fields/enum-field.js';
import { RestField } from './fields/field.js';
import { FlagField } from './fields/flag-field.js';
import { IntegerField } from './fields/integer-field.js';
import { ListField } from './fields/list-field.js';
import { FreeObjectField, ObjectField } from './fields/object-field.js';
import { PatternField } from './fields/pattern-field.js';
import { TextField } from './fields/text-field.js';
import { readDto } from './read-dto.js';
import { readRequest } from './read-request.js';
import { NoQuery, RequestDto, type DtoClass } from './request-dto.js';

class Line {
  @TextField({ max: 5 })
  item!: string;

  @IntegerField({ min: 1, max: 9 })
  count = 1;
}

class Order {
  @PatternField({ pattern: /^[0-9a-f]{4}$/, message: 'must have 4 hexadecimal digits', lowerCase: true })
  id!: string;

  @TextField({ max: 10, prose: true, optional: true })
  note?: string;

  @EnumField(['low', 'high'])
  priority: 'low' | 'high' = 'low';

  @FlagField()
  express = false;

  @ListField(() => Line, { max: 3, items: 'lines' })
  lines!: Line[];

  @ObjectField(() => Line, { optional: true })
  gift?: Line;

  @FreeObjectField({ maxBytes: 45, optional: true })
  data?: Record<string, unknown>;

  @TextField({ max: 5, optional: true })
  @FieldCheck<Order>((_value, { note, by }) => (note && !by ? 'is required with a note' : undefined))
  by?: string;
}

class PageQuery {
  @IntegerField({ min: 1, max: 100 })
  limit = 10;

  @IntegerField({ min: 1, max: Number.MAX_SAFE_INTEGER, optional: true })
  after?: number;

  @FlagField({ optional: true })
  all?: boolean;

  @TextField({ max: 5, optional: true })
  cursor?: string;
}

@RequestDto({ problem: HttpProblem.InvalidEmail, mayBeAbsent: true })
class Profile {
  @TextField({ max: 5, optional: true })
  name?: string;

  @RestField((body) =>
    Object.keys(body).flatMap((name) => (name === 'bad' ? [{ field: '/bad', message: 'no' }] : [])),
  )
  rest!: Record<string, unknown>;
}

const LINES = [{ item: 'tea' }];
const json = (text: string) => JSON.parse(text) as unknown;

function refusalOf<T extends object>(
  Dto: DtoClass<T>,
  raw: unknown,
  place: FieldError['in'] = 'body',
): ProblemError {
  try {
    readRequest(Dto, raw, place);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const faultsOf = (...request: Parameters<typeof refusalOf>) =>
  Object.fromEntries(
    (refusalOf(...request).details.errors ?? []).map(({ field, message }) => [field, message]),
  );

describe('reading a body', () => {
  it('converts, nests and fills in defaults; what was not given is not there', () => {
    const order = readRequest(
      Order,
      { id: 'AB12', lines: [{ item: ' tea ', count: 2 }, ...LINES], gift: { item: 'x' } },
      'body',
    );
    expect(order).toBeInstanceOf(Order);
    expect(order.lines[0]).toBeInstanceOf(Line);
    expect({ ...order }).toStrictEqual({
      id: 'ab12',
      priority: 'low',
      express: false,
      lines: [
        Object.assign(new Line(), { item: 'tea', count: 2 }),
        Object.assign(new Line(), { item: 'tea', count: 1 }),
      ],
      gift: Object.assign(new Line(), { item: 'x' }),
    });
  });

  it('tells all faults at once, each with its JSON pointer', () => {
    const body = {
      id: 'xyz',
      note: 'a\u0000',
      priority: 'none',
      express: 'true',
      lines: [{ item: '', count: '1', 'a/b~': 1 }, 'x', { item: 'ok' }],
      gift: [],
      data: { text: 'x'.repeat(45) },
      unknown: 1,
    };
    expect(faultsOf(Order, body)).toEqual({
      '/unknown': 'is not a field of this request',
      '/lines/0/a~1b~0': 'is not a field of this request',
      '/lines/0/item': 'must be a text of 1 to 5 characters',
      '/lines/0/count': 'must be a whole number from 1 to 9',
      '/lines/1': 'must be a JSON object',
      '/id': 'must have 4 hexadecimal digits',
      '/note': 'must not hold control characters',
      '/priority': 'must be one of low, high',
      '/express': 'must be true or false',
      '/gift': 'must be a JSON object',
      '/data': 'must have at most 45 bytes as JSON',
      '/by': 'is required with a note',
    });
    expect(faultsOf(Order, {})).toEqual({ '/id': 'is required', '/lines': 'is required' });
  });

  it.each([undefined, null, [], 'x', 1, [{}]])('refuses %j as a body', (body) => {
    const refused = refusalOf(Order, body);
    expect(refused.problem).toBe(HttpProblem.InvalidBody);
    expect(refused.message).toBe('the body must be a JSON object');
  });

  it('counts characters, not UTF-16 units', () => {
    expect(faultsOf(Line, { item: '\u{1f9d1}'.repeat(6) })).toHaveProperty('/item');
    expect(readRequest(Line, { item: '\u{1f9d1}'.repeat(5) }, 'body').item).toHaveLength(10);
  });

  it('null is no value, and no absence', () => {
    expect(
      Object.keys(faultsOf(Order, { id: null, lines: null, note: null, gift: null, express: null })),
    ).toEqual(['/id', '/note', '/express', '/lines', '/gift']);
  });

  it('bounds lists, and its own answer', () => {
    expect(faultsOf(Order, { id: 'ab12', lines: Array(100_000).fill({}) })).toEqual({
      '/lines': 'must be a list of 1 to 3 lines',
    });
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`${'x'.repeat(5_000)}${n}`, 1]));
    const { details, message } = refusalOf(Line, { item: 'tea', ...many });
    expect(details.errors).toHaveLength(50);
    expect(details.errors?.[0]?.field.length).toBeLessThanOrEqual(200);
    expect(message.length).toBeLessThanOrEqual(500);
    expect(
      refusalOf(Line, Object.fromEntries(Array.from({ length: 99 }, (_, n) => [n, 1]))).details.errors,
    ).toHaveLength(50);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'then'])(
    'refuses the member %s like any other that is not declared',
    (name) => {
      const body = json(`{"item":"tea","${name}":{"polluted":true}}`);
      expect(faultsOf(Line, body)).toEqual({ [`/${name}`]: 'is not a field of this request' });
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    },
  );

  it('hands free objects on as they are', () => {
    const data = json('{"constructor":1,"then":{"toString":0}}');
    expect(readRequest(Order, { id: 'ab12', lines: LINES, data }, 'body').data).toBe(data);
  });

  it('collects free members, and lets their rule refuse them', () => {
    const body = json('{"name":" Ada ","rest":1,"__proto__":{"x":1}}') as object;
    const { name, rest } = readRequest(Profile, body, 'body');
    expect([name, Object.keys(rest)]).toEqual(['Ada', ['rest', '__proto__']]);
    expect(refusalOf(Profile, { bad: 1, name: 1 }).problem).toBe(HttpProblem.InvalidEmail);
    expect(faultsOf(Profile, { bad: 1, name: 1 })).toEqual({
      '/bad': 'no',
      '/name': 'must be a text of 1 to 5 characters',
    });
  });

  it('takes no body for an empty one, where the class says so', () => {
    expect({ ...readRequest(Profile, undefined, 'body') }).toEqual({ rest: {} });
  });

  it('reads a part of a body without throwing', () => {
    expect(readDto(Line, { item: 1 }, { in: 'body', path: '/events/3' })).toEqual({
      errors: [{ in: 'body', field: '/events/3/item', message: 'must be a text of 1 to 5 characters' }],
    });
  });
});

describe('reading a query', () => {
  it('fills in the defaults, each time anew', () => {
    for (let round = 0; round < 2; round += 1) {
      expect({ ...readRequest(PageQuery, {}, 'query') }).toStrictEqual({ limit: 10 });
    }
    expect({
      ...readRequest(PageQuery, { after: '9007199254740991', all: 'true', limit: '1' }, 'query'),
    }).toEqual({
      limit: 1,
      after: Number.MAX_SAFE_INTEGER,
      all: true,
    });
  });

  it.each(['', ' 1', '1.0', '1e3', '0x1', '-1', '0', '9007199254740992', '99999999999999999999', '١'])(
    'refuses %j as a number',
    (after) => {
      expect(Object.keys(faultsOf(PageQuery, { after }, 'query'))).toEqual(['after']);
    },
  );

  it('refuses unknown and repeated parameters, all at once', () => {
    const query = Object.assign(Object.create(null) as Record<string, unknown>, {
      limit: ['1', '2'],
      $where: '1',
    });
    Object.defineProperty(query, '__proto__', { value: 'x', enumerable: true });
    expect(Object.entries(faultsOf(PageQuery, query, 'query'))).toEqual([
      ['limit', 'must be given once'],
      ['$where', 'is not a parameter of this endpoint'],
      ['__proto__', 'is not a parameter of this endpoint'],
    ]);
    const refused = refusalOf(NoQuery, { constructor: 'x' }, 'query');
    expect(refused.problem).toBe(HttpProblem.InvalidQuery);
    expect(refused.message).toBe('constructor is not a parameter of this endpoint');
  });

  it('takes texts as they are', () => {
    expect(readRequest(PageQuery, { cursor: ' a' }, 'query').cursor).toBe(' a');
  });
});
