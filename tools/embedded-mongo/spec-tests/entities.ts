import type { ChangeStream, ClientSession, Collection, Db, FindCursor, RunCommandCursor } from 'mongodb';
import { Mismatch } from './outcome.js';
import type { ObservedClient } from './observed-client.js';

export type AnyCursor = FindCursor | RunCommandCursor | ChangeStream;

/** The things a test names: it creates them, works on them and compares with them. */
interface EntityKinds {
  client: ObservedClient;
  database: Db;
  collection: Collection;
  session: ClientSession;
  cursor: AnyCursor;
  result: unknown;
}

type EntityKind = keyof EntityKinds;
export type Entity = { [K in EntityKind]: { kind: K; value: EntityKinds[K] } }[EntityKind];

export class Entities {
  private readonly byId = new Map<string, Entity>();

  set(id: string, entity: Entity): void {
    this.byId.set(id, entity);
  }

  find(id: string): Entity {
    const entity = this.byId.get(id);
    if (!entity) throw new Mismatch(`there is no entity ${id}`);
    return entity;
  }

  get<K extends EntityKind>(kind: K, id: unknown): EntityKinds[K] {
    const entity = this.find(String(id));
    if (entity.kind !== kind) throw new Mismatch(`${String(id)} is a ${entity.kind}, no ${kind}`);
    return entity.value as EntityKinds[K];
  }

  all<K extends EntityKind>(kind: K): EntityKinds[K][] {
    return [...this.byId.values()].filter((it) => it.kind === kind).map((it) => it.value as EntityKinds[K]);
  }

  /** Ends sessions, cursors and clients; trouble of one keeps no other open. */
  async close(): Promise<void> {
    const quietly = (closing: Promise<unknown>) => closing.catch(() => undefined);
    for (const cursor of this.all('cursor')) await quietly(cursor.close());
    for (const session of this.all('session')) await quietly(session.endSession());
    for (const { client } of this.all('client')) await quietly(client.close());
  }
}
