import type { Delivery, MessageContext } from '../bus/message-consumer.js';
import type { Clock } from '../clock.js';
import { encodeEvent, EVENT_FIELD } from '../envelope/event-codec.js';
import type { MessageEvent, NewEvent } from '../envelope/message-event.js';
import { MessagingError } from '../envelope/messaging-error.js';
import type { StreamCatalog } from '../envelope/stream-catalog.js';
import type { Effect } from './settlement.js';

/** What a handler is given for one message, and what it has asked for. */
export interface OpenDelivery extends Delivery {
  readonly effects: readonly Effect[];
  /** The streams that it publishes to. */
  readonly targets: ReadonlySet<string>;
  /** Nothing more is taken from the handler: it is done, or its time is up. */
  close(): void;
}

interface DeliveryFacts extends Pick<
  MessageContext,
  'stream' | 'group' | 'partition' | 'entryId' | 'attempt' | 'signal'
> {
  readonly event: MessageEvent;
  readonly catalog: StreamCatalog;
  readonly clock: Clock;
}

export function openDelivery({ event, catalog, clock, ...facts }: DeliveryFacts): OpenDelivery {
  const effects: Effect[] = [];
  const targets = new Set<string>();
  let open = true;
  const add = (effect: Effect): void => {
    if (!open)
      throw new MessagingError('CLOSED', 'the handler has ended: await everything that adds an effect');
    effects.push(effect);
  };
  const context: MessageContext = {
    ...facts,
    effect: (command, key, ...args) => add({ command, key, args }),
    publish: (stream, draft) => {
      add(publishEffect(stream, draft, { event, catalog, clock }));
      targets.add(stream);
    },
  };
  return { event, context, effects, targets, close: () => (open = false) };
}

/** Safe without an id window: the step that it is part of is taken once. */
function publishEffect(
  stream: string,
  draft: NewEvent,
  { event: cause, catalog, clock }: Pick<DeliveryFacts, 'event' | 'catalog' | 'clock'>,
): Effect {
  const layout = catalog.of(stream);
  const { event, json } = encodeEvent(
    {
      correlationId: cause.correlationId ?? cause.id,
      causationId: cause.id,
      ...(cause.traceparent === undefined ? {} : { traceparent: cause.traceparent }),
      ...draft,
    },
    clock.now(),
  );
  const { trim, maxLength } = layout.definition;
  const cap = trim === 'length' ? (['MAXLEN', '~', maxLength] as const) : [];
  return {
    command: 'XADD',
    key: layout.streamKey(layout.partitionOf(event)),
    args: [...cap, '*', EVENT_FIELD, json],
  };
}

/** Runs `work` with a signal that is aborted after `timeoutMs`; then fails without waiting for it. */
export async function withTimeout<T>(
  timeoutMs: number,
  { clock, signal: outer }: { readonly clock: Clock; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort(outer.reason);
  if (outer.aborted) abort();
  outer.addEventListener('abort', abort, { once: true });
  let cancel: () => void = () => undefined;
  const timeout = new Promise<never>((_, reject) => {
    cancel = clock.after(timeoutMs, () => {
      const error = new MessagingError('HANDLER_TIMEOUT', `the handler took longer than ${timeoutMs} ms`);
      controller.abort(error);
      reject(error);
    });
  });
  try {
    return await Promise.race([work(controller.signal), timeout]);
  } finally {
    cancel();
    outer.removeEventListener('abort', abort);
  }
}
