import { USERS } from '../domain/users.js';
import { InMemoryRecordStore } from './in-memory-record-store.js';
import { recordStoreContract } from './record-store-contract.js';

for (const source of ['mongo', 'redis'] as const) {
  recordStoreContract({
    name: `in memory, as ${source}`,
    source,
    makeStore: () =>
      Promise.resolve({
        store: new InMemoryRecordStore({ entity: USERS, source }),
        close: () => Promise.resolve(),
      }),
  });
}
