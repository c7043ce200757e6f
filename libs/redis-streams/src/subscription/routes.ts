import type { BatchMessageHandler, HandlerRoute } from '../bus/message-consumer.js';
import { MessagingError } from '../envelope/messaging-error.js';
import { retryDelays } from './retry-delays.js';

export interface Route {
  readonly handler: BatchMessageHandler;
  /** True: `handler` takes a whole batch; false: one message per call. */
  readonly wholeBatch: boolean;
  readonly retryDelaysMs: readonly number[];
  readonly handlerTimeoutMs: number;
}

type Defaults = Pick<Route, 'retryDelaysMs' | 'handlerTimeoutMs'>;

const ALL = '*';

/** Who handles what within one subscription. */
export class Routes {
  /** The types it takes, as one text: `*` for all. Two subscriptions of a group must have the same. */
  readonly types: string;
  private readonly byType = new Map<string, Route>();
  private readonly rest: Route | undefined;

  /** @throws MessagingError SUBSCRIPTION_CONFLICT when two routes take one type */
  constructor(given: readonly HandlerRoute[], defaults: Defaults) {
    let rest: Route | undefined;
    for (const one of given) {
      const route = resolve(one, defaults);
      if (!one.types) {
        if (rest) throw conflict('two handlers of one group take every type');
        rest = route;
      }
      for (const type of new Set(one.types)) {
        if (this.byType.has(type)) throw conflict(`two handlers of one group take ${type}`);
        this.byType.set(type, route);
      }
    }
    this.rest = rest;
    this.types = rest ? ALL : [...this.byType.keys()].sort().join(',');
  }

  of(type: string): Route | undefined {
    return this.byType.get(type) ?? this.rest;
  }
}

/** True when a subscription with these `types` takes `type`. */
export function takes(types: string, type: string): boolean {
  return types === ALL || types.split(',').includes(type);
}

/** @throws MessagingError SUBSCRIPTION_CONFLICT unless all subscriptions of a group in a process take the same types. */
export function assertSameTypes(
  name: { readonly stream: string; readonly group: string },
  types: string,
  others: readonly string[],
): void {
  const other = others.find((one) => one !== types);
  if (other === undefined) return;
  throw conflict(`${name.stream} (${name.group}) is subscribed for ${other} and for ${types} in one process`);
}

function conflict(what: string): MessagingError {
  const advice = 'Give them one subscription with disjoint types (`subscribeRoutes`), or a group each';
  return new MessagingError('SUBSCRIPTION_CONFLICT', `${what}; a group gets each event once. ${advice}`);
}

function resolve(route: HandlerRoute, defaults: Defaults): Route {
  const { retries, retryDelaysMs, handlerTimeoutMs = defaults.handlerTimeoutMs } = route;
  const delays = retryDelaysMs ?? (retries === undefined ? defaults.retryDelaysMs : retryDelays(retries));
  return {
    handler: route.batch ? route.handler : each(route.handler),
    wholeBatch: route.batch ?? false,
    retryDelaysMs: delays,
    handlerTimeoutMs,
  };
}

function each(handler: Extract<HandlerRoute, { batch?: false }>['handler']): BatchMessageHandler {
  return async ([delivery]) => {
    if (delivery) await handler(delivery.event, delivery.context);
  };
}
