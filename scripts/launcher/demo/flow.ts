export interface DemoFlow {
  readonly name: 'mongo-first' | 'redis-first';
  readonly title: string;
  /** Where a write is sent, and where the other side's copy is read. */
  readonly write: string;
  readonly readBack: string;
  readonly stream: 'mongo_changes' | 'redis_changes';
  /** The stores in the order in which the record reaches them. */
  readonly hops: readonly ('mongo' | 'redis' | 'stream')[];
}

export const FLOWS: readonly DemoFlow[] = [
  {
    name: 'mongo-first',
    title: 'Mongo-first: written to MongoDB, copied to Redis',
    write: '/mongo-first/users',
    readBack: '/redis-first/users',
    stream: 'mongo_changes',
    hops: ['mongo', 'stream', 'redis'],
  },
  {
    name: 'redis-first',
    title: 'Redis-first: written to Redis, copied to MongoDB',
    write: '/redis-first/users',
    readBack: '/mongo-first/users',
    stream: 'redis_changes',
    hops: ['redis', 'stream', 'mongo'],
  },
];
