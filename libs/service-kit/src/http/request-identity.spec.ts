import { describe, expect, it } from '@jest/globals';
import { requestIdOf } from './request-id.js';
import { traceparentOf } from './trace-context.js';

describe('request ids', () => {
  it.each(['a', '01J9Z.x:y_z-1', 'x'.repeat(128)])('keeps %s', (id) => {
    expect(requestIdOf({ headers: { 'x-request-id': id } })).toBe(id);
  });

  it.each(['', '-a', 'a b', 'a\nb', '<script>', 'x'.repeat(129), 'é'])('replaces %j', (id) => {
    expect(requestIdOf({ headers: { 'x-request-id': id } })).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });
});

describe('trace context', () => {
  const valid = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  it('is passed on when it is valid', () => {
    expect(traceparentOf(valid)).toBe(valid);
  });

  it.each([
    undefined,
    [valid],
    valid.toUpperCase(),
    `${valid}-x`,
    valid.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
    valid.replace('00f067aa0ba902b7', '0'.repeat(16)),
  ])('is dropped when it is %j', (header) => {
    expect(traceparentOf(header)).toBeUndefined();
  });
});
