import { AsyncLocalStorage } from 'node:async_hooks';
import { context, propagation, ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api';
import { loadTracing } from '../src/tracing/open-telemetry.js';
import { encodeEvent } from '../src/envelope/event-codec.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('tracing', () => {
  const storage = new AsyncLocalStorage<Context>();
  const key = Symbol('traceparent');
  beforeAll(() => {
    context.setGlobalContextManager({
      active: () => storage.getStore() ?? ROOT_CONTEXT,
      with: (active, work, self, ...args) => storage.run(active, () => work.call(self as never, ...args)),
      bind: (_, target) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    });
    propagation.setGlobalPropagator({
      inject: (active, carrier: Record<string, unknown>) => void (carrier.traceparent = active.getValue(key)),
      extract: (active, carrier: Record<string, unknown>) => active.setValue(key, carrier.traceparent),
      fields: () => ['traceparent'],
    });
  });
  afterAll(() => {
    context.disable();
    propagation.disable();
    trace.disable();
  });

  it('continues the trace of an event in its handler, and passes it on from there', async () => {
    const bridge = await loadTracing();
    expect(bridge.currentTraceparent()).toBeUndefined();
    const span = { name: 'orders process', traceparent: TRACE, attributes: {} };
    const seen = await bridge.continueTrace(span, async () => {
      await Promise.resolve();
      return bridge.currentTraceparent();
    });
    expect(seen).toBe(TRACE);
    await expect(bridge.continueTrace(span, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  });

  it('carries the trace context of an event that has one', () => {
    const { event } = encodeEvent({ type: 'a.b', data: 1, traceparent: TRACE }, 0);
    expect(event.traceparent).toBe(TRACE);
  });
});
