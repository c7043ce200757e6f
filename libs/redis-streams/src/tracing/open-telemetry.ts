import { noTracing, type SpanInfo, type TraceBridge } from './trace-bridge.js';

/** As much of `@opentelemetry/api` as is used here; the package is optional, so its types are not imported. */
interface OpenTelemetryApi {
  readonly context: { active(): unknown; with<T>(context: unknown, work: () => T): T };
  readonly propagation: {
    inject(context: unknown, carrier: Record<string, string>): void;
    extract(context: unknown, carrier: Record<string, string>): unknown;
  };
  readonly trace: {
    getTracer(name: string): {
      startSpan(name: string, options: object, context: unknown): Span;
    };
    setSpan(context: unknown, span: Span): unknown;
  };
  readonly SpanKind: { readonly CONSUMER: number };
  readonly SpanStatusCode: { readonly ERROR: number };
}

interface Span {
  recordException(error: unknown): void;
  setStatus(status: { code: number }): void;
  end(): void;
}

const PACKAGE = ['@opentelemetry', 'api'].join('/'); // not a literal: it need not be installed to compile

/** Context and spans by OpenTelemetry where its API is installed; otherwise context only travels along. */
export async function loadTracing(): Promise<TraceBridge> {
  try {
    return new OpenTelemetryBridge((await import(PACKAGE)) as OpenTelemetryApi);
  } catch {
    return noTracing;
  }
}

class OpenTelemetryBridge implements TraceBridge {
  constructor(private readonly api: OpenTelemetryApi) {}

  currentTraceparent(): string | undefined {
    const carrier: Record<string, string> = {};
    this.api.propagation.inject(this.api.context.active(), carrier);
    return carrier.traceparent;
  }

  continueTrace<T>({ name, traceparent, attributes }: SpanInfo, work: () => T): T {
    const { context, propagation, trace, SpanKind } = this.api;
    const parent = propagation.extract(context.active(), traceparent === undefined ? {} : { traceparent });
    const options = { kind: SpanKind.CONSUMER, attributes };
    const span = trace.getTracer('redis-streams').startSpan(name, options, parent);
    return context.with(trace.setSpan(parent, span), () => this.endWith(span, work));
  }

  private endWith<T>(span: Span, work: () => T): T {
    let result: T;
    try {
      result = work();
    } catch (error) {
      this.fail(span, error);
      throw error;
    }
    if (result instanceof Promise) {
      void result.then(
        () => span.end(),
        (error: unknown) => this.fail(span, error),
      );
    } else {
      span.end();
    }
    return result;
  }

  private fail(span: Span, error: unknown): void {
    span.recordException(error);
    span.setStatus({ code: this.api.SpanStatusCode.ERROR });
    span.end();
  }
}
