import { setMaxListeners } from 'node:events';
import type { DeliveryFailure } from '../bus/message-consumer.js';
import type { Clock } from '../clock.js';
import type {
  BatchHandler,
  EntryFailure,
  HandlerContext,
  HandlerResult,
} from '../consumer/consumer-options.js';
import { MessagingError, RetryableError, TerminalError } from '../envelope/messaging-error.js';
import type { StreamCatalog } from '../envelope/stream-catalog.js';
import type { FailureKind } from '../failure-kind.js';
import { pause } from '../pause.js';
import type { TraceBridge } from '../tracing/trace-bridge.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { openDelivery, withTimeout, type OpenDelivery } from './handler-call.js';
import { Intake, type IntakeOptions, type Message } from './intake.js';
import type { Settled } from './settlement.js';

interface ProcessorOptions extends IntakeOptions {
  readonly partition: number;
  readonly catalog: StreamCatalog;
  readonly clock: Clock;
  readonly tracing: TraceBridge;
  /** Rejects when a stream is not what this process takes it for: what is published there would be read by nobody. */
  readonly confirm: (stream: string) => Promise<void>;
  /** False when this instance may not handle the partition any more. */
  readonly mayProceed: () => boolean;
}

/** The state of one batch on its way through the handler. */
interface BatchRun {
  readonly context: HandlerContext;
  readonly failures: EntryFailure[];
  /** Acks under way that nothing has to wait for. */
  readonly settling: Promise<unknown>[];
  /** Set by the first failure that concerns more than its message: nothing more is begun. */
  halt: { readonly error: unknown } | undefined;
}

/** A handler that settles its messages itself has its effects in its own script; the bus runs none. */
const NOT_TAKEN: Settled = { error: new Error('effects are for messages that the bus settles') };

/** The partition went to another instance. `ETIMEDOUT`, so that it counts as transient. */
class LeaseOverError extends Error {
  override readonly name = 'LeaseOverError';
  readonly code = 'ETIMEDOUT';
}

/**
 * Takes a batch of entries through a message handler: what {@link Intake} lets through. Keeps events
 * of one key in order, runs up to `concurrency` at once, and settles each with its effects.
 *
 * With order by key a failed message is tried again right here, and the later ones of its key wait; without,
 * the consumer puts it on its shelf and the stream goes on.
 */
export class MessageProcessor {
  /** Over all batches: while one ends, the next one is in hand already. */
  private readonly limit: ConcurrencyLimit;
  private readonly intake: Intake;

  constructor(private readonly it: ProcessorOptions) {
    this.intake = new Intake(it);
    this.limit = new ConcurrencyLimit(it.options.concurrency);
  }

  readonly handle: BatchHandler = async (entries, context): Promise<HandlerResult> => {
    setMaxListeners(0, context.signal); // one listener per message in hand
    const run: BatchRun = { context, failures: [], settling: [], halt: undefined };
    const messages = await this.intake.take(entries, run.failures);
    for (const segment of segmentsOf(messages)) {
      const wholeBatch = segment[0]?.route.wholeBatch ?? false;
      await this.runChains(wholeBatch ? [segment] : this.chainsOf(segment), run);
    }
    await Promise.all(run.settling);
    if (run.halt) throw run.halt.error;
    return { acked: true, failures: run.failures };
  };

  private chainsOf(messages: readonly Message[]): readonly (readonly Message[])[] {
    const chains = new Map<string, Message[]>();
    for (const message of messages) {
      const { key, id } = message.event;
      const name = this.it.options.order === 'key' && key !== undefined ? `k${key}` : `i${id}`;
      const chain = chains.get(name);
      if (chain) chain.push(message);
      else chains.set(name, [message]);
    }
    return [...chains.values()];
  }

  private async runChains(chains: readonly (readonly Message[])[], run: BatchRun): Promise<void> {
    const { options } = this.it;
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let chain = chains[next++]; chain; chain = chains[next++]) {
        if (chain[0]?.route.wholeBatch) await this.attempts(chain, run);
        else for (const message of chain) await this.attempts([message], run);
      }
    };
    const workers = Math.min(options.concurrency, chains.length);
    await Promise.all(Array.from({ length: workers }, () => this.limit.run(worker)));
  }

  /**
   * Tries until settled or out of tries; one try only where the consumer's shelf does the waiting. All messages are of
   * one route.
   */
  private async attempts(messages: readonly Message[], run: BatchRun): Promise<void> {
    const { options, clock } = this.it;
    const delays = messages[0]?.route.retryDelaysMs ?? [];
    let rest = messages;
    for (let attempt = run.context.attempt, tries = 0; rest.length > 0; attempt += 1, tries += 1) {
      if (this.mustHalt(run)) return;
      const failed = await this.tryOnce(rest, attempt, run);
      if (run.halt) return;
      const delay = options.order === 'key' ? delays[attempt - 1] : undefined;
      rest = failed.flatMap(({ message, error }) => {
        const terminal = isNamed(error, TerminalError, 'TerminalError');
        const here = delay !== undefined && !terminal;
        const shelf = options.order === 'none' && !terminal && attempt <= delays.length;
        this.tellFailed(message.event.type, error, here || shelf);
        if (here) return [message];
        run.failures.push({
          id: message.entry.id,
          error,
          retry: shelf,
          attempts: tries + 1,
          retryDelaysMs: delays,
        });
        return [];
      });
      if (rest.length > 0 && delay !== undefined) await pause(delay, { signal: run.context.signal, clock });
    }
  }

  private mustHalt(run: BatchRun): boolean {
    if (!run.halt && !this.it.mayProceed())
      run.halt = { error: new LeaseOverError('the partition was handed over') };
    if (!run.halt && run.context.signal.aborted) run.halt = { error: run.context.signal.reason };
    return run.halt !== undefined;
  }

  private async tryOnce(messages: readonly Message[], attempt: number, run: BatchRun) {
    const startedAt = this.it.clock.now();
    let opened: readonly OpenDelivery[] = [];
    let failed: ReadonlyMap<string, unknown>;
    try {
      const failures = await this.call(messages, attempt, run, (deliveries) => (opened = deliveries));
      failed = new Map((failures ?? []).map(({ entryId, error }) => [entryId, error]));
    } catch (error) {
      if (this.concernsAll(error, run)) return [];
      failed = new Map(messages.map(({ entry }) => [entry.id, error]));
    } finally {
      opened.forEach((delivery) => delivery.close());
    }
    const done = opened.filter(({ context }) => !failed.has(context.entryId));
    const settling = this.settle(done, this.it.clock.now() - startedAt).catch((error: unknown) => {
      run.halt ??= { error }; // Redis does not answer: what is not settled comes again
      return new Map<string, unknown>();
    });
    // Only an effect can be refused; a mere ack need not hold up the next message.
    const mustWait = done.some(({ effects }) => effects.length > 0);
    if (!mustWait) run.settling.push(settling);
    const refused = mustWait ? await settling : new Map<string, unknown>();
    return messages.flatMap((message) => {
      const error = failed.get(message.entry.id) ?? refused.get(message.entry.id);
      return error === undefined ? [] : [{ message, error }];
    });
  }

  private call(
    messages: readonly Message[],
    attempt: number,
    run: BatchRun,
    onOpen: (opened: readonly OpenDelivery[]) => void,
  ): Promise<readonly DeliveryFailure[] | void> {
    const { stream, group, partition, clock, catalog, tracing } = this.it;
    const timing = { clock, signal: run.context.signal };
    const [first] = messages;
    if (!first) return Promise.resolve();
    const { handler, handlerTimeoutMs } = first.route;
    return withTimeout(handlerTimeoutMs, timing, async (signal) => {
      const opened = messages.map(({ entry, event }) =>
        openDelivery({ stream, group, partition, entryId: entry.id, attempt, signal, event, catalog, clock }),
      );
      onOpen(opened);
      const name = `${stream} process`;
      const attributes = { 'messaging.system': 'redis', 'messaging.destination.name': stream };
      const span = { name, traceparent: first.event.traceparent, attributes };
      return tracing.continueTrace(span, () => handler(opened));
    });
  }

  private async settle(
    done: readonly OpenDelivery[],
    durationMs: number,
  ): Promise<ReadonlyMap<string, unknown>> {
    if (done.length === 0) return new Map();
    const refused = await this.misdirected(done);
    const rest = refused.size === 0 ? done : done.filter(({ context }) => !refused.has(context.entryId));
    const replies = await this.repliesFor(rest);
    rest.forEach(({ event, context }, index) => {
      const reply = replies[index];
      if (typeof reply === 'object') refused.set(context.entryId, reply.error);
      else if (reply === 'settled')
        this.it.observer.processed?.({ ...this.names, type: event.type, durationMs });
    });
    return refused;
  }

  /** Deliveries that publish to a stream which this process knows wrongly, each with the reason. */
  private async misdirected(done: readonly OpenDelivery[]): Promise<Map<string, unknown>> {
    const refused = new Map<string, unknown>();
    for (const { context, targets } of done) {
      for (const stream of targets) {
        await this.it.confirm(stream).catch((error: unknown) => {
          if (!(error instanceof MessagingError)) throw error; // Redis does not answer
          refused.set(context.entryId, error);
        });
      }
    }
    return refused;
  }

  private repliesFor(done: readonly OpenDelivery[]): Promise<readonly Settled[]> {
    if (this.it.options.settledBy === 'handler')
      return Promise.resolve(done.map(({ effects }) => (effects.length === 0 ? 'settled' : NOT_TAKEN)));
    return this.it.settlement.settle(
      done.map(({ event, context, effects }) => ({ entryId: context.entryId, eventId: event.id, effects })),
    );
  }

  /** An outage, or an end in a hurry: not the fault of this message. */
  private concernsAll(error: unknown, run: BatchRun): boolean {
    const own =
      isNamed(error, RetryableError, 'RetryableError') || isNamed(error, TerminalError, 'TerminalError');
    const kind: FailureKind = own ? 'poison' : this.it.options.classify(error);
    if (kind === 'poison' && !run.context.signal.aborted) return false;
    run.halt ??= { error };
    return true;
  }

  private get names(): { readonly stream: string; readonly group: string } {
    return { stream: this.it.stream, group: this.it.group };
  }

  private tellFailed(type: string, error: unknown, willRetry: boolean): void {
    this.it.observer.failed?.({ ...this.names, type, error, willRetry });
  }
}

/** Runs of messages that are handled together (of one batch route), or each by itself; in the order of the stream. */
function segmentsOf(messages: readonly Message[]): readonly (readonly Message[])[] {
  const segments: Message[][] = [];
  for (const message of messages) {
    const last = segments.at(-1);
    const before = last?.[0]?.route;
    const together = before === message.route || (before && !before.wholeBatch && !message.route.wholeBatch);
    if (last && together) last.push(message);
    else segments.push([message]);
  }
  return segments;
}

/** By name as well: two copies of a library, or two realms, have two classes. */
function isNamed(error: unknown, kind: new () => Error, name: string): boolean {
  return (
    error instanceof kind ||
    (typeof error === 'object' && error !== null && 'name' in error && error.name === name)
  );
}
