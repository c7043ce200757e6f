import { startEmbeddedMongo, type EmbeddedMongo } from '../src/index.js';
import { render, type SuiteReport } from './report.js';
import { runSuites } from './run-suites.js';
import type { TestCase } from './test-file.js';

let server: EmbeddedMongo;
beforeAll(async () => {
  server = await startEmbeddedMongo();
});
afterAll(() => server.stop());

const insert = { name: 'insertOne', object: 'books', arguments: { document: { _id: 2, title: 'Ulysses' } } };
const started = (command: object) => ({ commandStartedEvent: { commandName: 'insert', command } });

/** Runs tests of our own over a collection that holds `{_id: 1}`. */
async function run(...tests: TestCase[]): Promise<SuiteReport> {
  const content = {
    description: 'books',
    schemaVersion: '1.0',
    createEntities: [
      { client: { id: 'client', observeEvents: ['commandStartedEvent'] } },
      { database: { id: 'library', client: 'client', databaseName: 'library' } },
      { collection: { id: 'books', database: 'library', collectionName: 'books' } },
    ],
    initialData: [{ databaseName: 'library', collectionName: 'books', documents: [{ _id: 1 }] }],
    tests,
  };
  const suites = [{ name: 'own', files: [{ name: 'books', content }] }];
  const [report] = await runSuites(suites, { uri: server.uri, only: '' });
  if (!report) throw new Error('no report');
  return report;
}

describe('the runner of the specification tests', () => {
  it('passes what is as expected', async () => {
    const report = await run(
      {
        description: 'result, event and outcome',
        operations: [{ ...insert, expectResult: { insertedId: { $$unsetOrMatches: 2 } } }],
        expectEvents: [{ client: 'client', events: [started({ insert: 'books', ordered: true })] }],
        outcome: [
          {
            databaseName: 'library',
            collectionName: 'books',
            documents: [{ _id: 1 }, { _id: 2, title: 'Ulysses' }],
          },
        ],
      },
      {
        description: 'error',
        operations: [
          {
            ...insert,
            arguments: { document: { _id: 1 } },
            expectError: { isClientError: false, errorCode: 11000 },
          },
        ],
      },
    );
    expect({ passed: report.passed, failures: report.failures }).toEqual({ passed: 2, failures: [] });
  });

  const wrong: [string, Partial<TestCase>, string][] = [
    [
      'result',
      { operations: [{ ...insert, expectResult: { insertedId: 3 } }] },
      'insertedId: expected 3, got 2',
    ],
    ['no error', { operations: [{ ...insert, expectError: { isError: true } }] }, 'expected an error'],
    [
      'another error',
      { operations: [{ ...insert, arguments: { document: { _id: 1 } }, expectError: { errorCode: 1 } }] },
      'expected error 1, got 11000',
    ],
    ['an error', { operations: [{ ...insert, arguments: { document: { _id: 1 } } }] }, 'E11000'],
    ['one event less', { expectEvents: [{ client: 'client', events: [] }] }, 'expected 0 events, got 1'],
    [
      'a command without a field',
      { expectEvents: [{ client: 'client', events: [started({ hint: { _id: 1 } })] }] },
      'insert.hint: missing',
    ],
    [
      'a command with a field',
      { expectEvents: [{ client: 'client', events: [started({ ordered: { $$exists: false } })] }] },
      'ordered: exists is not false',
    ],
    [
      'a field of a nested document',
      { expectEvents: [{ client: 'client', events: [started({ documents: [{ _id: 2 }] })] }] },
      'unexpected title',
    ],
    [
      'outcome',
      { outcome: [{ databaseName: 'library', collectionName: 'books', documents: [{ _id: 1 }] }] },
      'outcome: expected 1 elements',
    ],
  ];
  it.each(wrong)('fails on what is not: %s', async (description, test, says) => {
    const report = await run({ description, operations: [insert], ...test });
    expect(report.failures).toEqual([
      {
        test: `own/books :: ${description}`,
        says: expect.stringContaining(says) as string,
        reason: undefined,
      },
    ]);
    expect(render([report])).toContain('UNEXPLAINED');
  });

  it('skips what does not apply, and says why', async () => {
    const unmet = { topologies: ['sharded'] };
    const report = await run(
      { description: 'sharded', operations: [insert], runOnRequirements: [unmet] },
      {
        description: 'either',
        operations: [insert],
        runOnRequirements: [unmet, { minServerVersion: '4.4', topologies: ['replicaset'] }],
      },
      { description: 'newer', operations: [insert], runOnRequirements: [{ minServerVersion: '99.0' }] },
      { description: 'unknown', operations: [{ name: 'fly', object: 'books' }] },
    );
    expect(report.passed).toBe(1);
    expect(Object.fromEntries(report.skips)).toEqual({
      'needs another topology': 1,
      'needs MongoDB 99.0 or newer': 1,
      'needs the operation fly': 1,
    });
  });
});
