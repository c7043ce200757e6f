import type { ObservedEvent } from './observed-client.js';
import { isFields, type Fields } from './fields.js';
import type { Entities } from './entities.js';
import { Matcher } from './matcher.js';
import { Mismatch } from './outcome.js';
import type { ExpectedEvents } from './test-file.js';

/** The driver sets this by itself when it repeats the end of a transaction. */
const DRIVERS_WTIMEOUT_MS = 10_000;

export function assertExpectedEvents(expectation: ExpectedEvents, entities: Entities): void {
  const { client, events: expected, ignoreExtraEvents } = expectation;
  const { events } = entities.get('client', client);
  const counted = ignoreExtraEvents ? events.length >= expected.length : events.length === expected.length;
  if (!counted) {
    const names = events.map(({ type, commandName }) => `${type} ${commandName}`).join(', ');
    throw new Mismatch(`expected ${expected.length} events, got ${events.length}: ${names}`);
  }
  const matcher = new Matcher(entities);
  expected.forEach((event, index) => {
    const [type = '', fields = {}] = Object.entries(event)[0] ?? [];
    const actual = events[index];
    if (actual?.type !== type)
      throw new Mismatch(`event ${index}: ${String(actual?.type)}, expected ${type}`);
    assertEvent(fields, actual, { matcher, path: `event ${index}` });
  });
}

function assertEvent(
  expected: Fields,
  actual: ObservedEvent,
  { matcher, path }: { matcher: Matcher; path: string },
): void {
  for (const name of ['commandName', 'databaseName'] as const) {
    if (expected[name] !== undefined)
      matcher.assertMatch(expected[name], actual[name], { path: `${path} ${name}`, root: false });
  }
  const place = { path: `${path} ${actual.commandName}`, root: true };
  if (expected.command !== undefined) {
    matcher.assertMatch(expected.command, withoutDriversTimeout(actual, expected.command), place);
  }
  if (expected.reply !== undefined) matcher.assertMatch(expected.reply, actual.reply, place);
}

function withoutDriversTimeout({ command, commandName }: ObservedEvent, expected: unknown): unknown {
  if (!/^(commit|abort)Transaction$/.test(commandName) || !isFields(command)) return command;
  const { writeConcern } = command;
  if (!isFields(writeConcern) || writeConcern.wtimeout !== DRIVERS_WTIMEOUT_MS) return command;
  const wanted = isFields(expected) && isFields(expected.writeConcern) ? expected.writeConcern : {};
  if (wanted.wtimeout !== undefined) return command;
  const { wtimeout: _, ...others } = writeConcern;
  return { ...command, writeConcern: others };
}
