/** Where trace context comes from and goes to. Without a tracing library it only travels along. */
export interface TraceBridge {
  /** W3C `traceparent` of what runs now. */
  currentTraceparent(): string | undefined;
  /** Runs `work` as a consumer span that continues `traceparent`. */
  continueTrace<T>(span: SpanInfo, work: () => T): T;
}

export interface SpanInfo {
  readonly name: string;
  readonly traceparent: string | undefined;
  readonly attributes: Readonly<Record<string, string | number>>;
}

export const noTracing: TraceBridge = {
  currentTraceparent: () => undefined,
  continueTrace: (_span, work) => work(),
};
