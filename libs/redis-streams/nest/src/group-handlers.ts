import type { HandlerRoute, SubscribeOptions } from '@redis-mongo-sync/redis-streams';
import type { FoundHandler } from './handler-methods.js';

/** What one subscription does: the handlers of one group, each for its types. */
interface GroupOfHandlers {
  readonly stream: string;
  readonly group: string;
  readonly routes: readonly HandlerRoute[];
  readonly options: SubscribeOptions;
}

/** These are the handler's own; the others hold for the whole group. */
const OWN = new Set(['types', 'retries', 'retryDelaysMs', 'handlerTimeoutMs', 'batch', 'stream', 'group']);

interface Building {
  readonly stream: string;
  readonly group: string;
  readonly names: string[];
  readonly routes: HandlerRoute[];
  readonly options: Record<string, unknown>;
}

/**
 * One subscription for each stream and group. Two for one group would share its events without regard to types,
 * each acknowledging what the other one wants.
 * @throws TypeError when two handlers of a group want different things for the whole group
 */
export function groupHandlers(handlers: readonly FoundHandler[]): readonly GroupOfHandlers[] {
  const groups = new Map<string, Building>();
  for (const { name, options, call } of handlers) {
    const { stream, group } = options;
    const place = `${stream} ${group}`;
    const building = groups.get(place) ?? { stream, group, names: [], routes: [], options: {} };
    groups.set(place, building);
    addShared(building, name, options);
    building.names.push(name);
    building.routes.push(routeOf(options, call));
  }
  return [...groups.values()];
}

function routeOf(options: FoundHandler['options'], call: FoundHandler['call']): HandlerRoute {
  const { types, retries, retryDelaysMs, handlerTimeoutMs, batch = false } = options;
  const own = { types, retries, retryDelaysMs, handlerTimeoutMs };
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), batch, handler: call } as HandlerRoute;
}

function addShared(building: Building, name: string, options: FoundHandler['options']): void {
  for (const [option, value] of Object.entries(options)) {
    if (OWN.has(option) || value === undefined) continue;
    if (option in building.options && building.options[option] !== value)
      throw new TypeError(
        `${name} and ${building.names.join(', ')} handle ${building.stream} for ${building.group}: ` +
          `\`${option}\` holds for the group, and must be the same`,
      );
    building.options[option] = value;
  }
}
