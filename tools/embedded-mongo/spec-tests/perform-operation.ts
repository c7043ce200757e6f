import { driverOptions } from './driver-options.js';
import type { AnyCursor, Entity } from './entities.js';
import { assertExpectedError } from './expected-error.js';
import { isFields, type Fields } from './fields.js';
import { Matcher } from './matcher.js';
import { CLIENT_OPERATIONS } from './operations/client-operations.js';
import { COLLECTION_OPERATIONS } from './operations/collection-operations.js';
import { CURSOR_OPERATIONS } from './operations/cursor-operations.js';
import { DATABASE_OPERATIONS } from './operations/database-operations.js';
import { SESSION_OPERATIONS, type RunCallback } from './operations/session-operations.js';
import { TEST_RUNNER_OPERATIONS, type TestRunner } from './operations/test-runner-operations.js';
import { Mismatch, NotApplicable } from './outcome.js';
import { comparableResult } from './result-shape.js';
import type { Operation } from './test-file.js';
import { within } from './within.js';

const OPERATION_MS = 8_000;
const CURSOR_MAKERS = new Set(['createFindCursor', 'createChangeStream', 'createCommandCursor']);

/** Runs one operation and compares what it gives, or fails with, with what the test expects. */
export async function performOperation(operation: Operation, runner: TestRunner): Promise<void> {
  await attempt(operation, runner);
}

/** Inside a transaction's callback errors have to reach the driver, expected ones too. */
async function performInCallback(operations: Operation[], runner: TestRunner): Promise<void> {
  for (const operation of operations) {
    const error = await attempt(operation, runner);
    if (error) throw error.thrown;
  }
}

/** The error the operation ended with, unless that fails the test. */
async function attempt(operation: Operation, runner: TestRunner): Promise<{ thrown: unknown } | undefined> {
  const matcher = new Matcher(runner.entities);
  let result: unknown;
  try {
    result = await within(OPERATION_MS, `${operation.name} took too long`, call(operation, runner));
  } catch (error) {
    if (error instanceof NotApplicable || error instanceof Mismatch) throw error;
    if (operation.ignoreResultAndError) return { thrown: error };
    if (!operation.expectError) throw error;
    assertExpectedError(operation.expectError, error, matcher);
    return { thrown: error };
  }
  if (operation.ignoreResultAndError) return undefined;
  if (operation.expectError) throw new Mismatch(`${operation.name}: expected an error`);
  keep(operation, result, runner);
  if (operation.expectResult !== undefined) {
    const place = { path: operation.name, root: true };
    matcher.assertMatch(operation.expectResult, comparableResult(operation.name, result), place);
  }
  return undefined;
}

function keep({ name, saveResultAsEntity: id }: Operation, value: unknown, { entities }: TestRunner): void {
  if (id === undefined) return;
  if (CURSOR_MAKERS.has(name)) entities.set(id, { kind: 'cursor', value: value as AnyCursor });
  else entities.set(id, { kind: 'result', value });
}

function call({ name, object, arguments: given = {} }: Operation, runner: TestRunner): Promise<unknown> {
  if (object === 'testRunner') {
    const run = known(TEST_RUNNER_OPERATIONS, name);
    return Promise.resolve(run(given, runner));
  }
  const callback: RunCallback = (operations) => performInCallback(operations, runner);
  return callOn(runner.entities.find(object), { name, args: withSession(given, runner), callback });
}

async function callOn(
  entity: Entity,
  { name, args, callback }: { name: string; args: Fields; callback: RunCallback },
): Promise<unknown> {
  switch (entity.kind) {
    case 'client':
      return known(CLIENT_OPERATIONS, name)(entity.value, args);
    case 'database':
      return known(DATABASE_OPERATIONS, name)(entity.value, args);
    case 'collection':
      return known(COLLECTION_OPERATIONS, name)(entity.value, args);
    case 'session':
      return known(SESSION_OPERATIONS, name)(entity.value, args, callback);
    case 'cursor':
      return known(CURSOR_OPERATIONS, name)(entity.value);
    case 'result':
      throw new Mismatch(`${name} on a result`);
  }
}

function known<T>(operations: Record<string, T>, name: string): T {
  const operation = operations[name];
  if (!operation) throw new NotApplicable(`needs the operation ${name}`);
  return operation;
}

function withSession(given: Fields, { entities }: TestRunner): Fields {
  if (!isFields(given)) throw new Mismatch('arguments are no document');
  if (given.cursorType !== undefined) throw new NotApplicable('needs a tailable cursor');
  const args = driverOptions(given);
  return args.session === undefined ? args : { ...args, session: entities.get('session', args.session) };
}
