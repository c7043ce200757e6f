import { MemoryAuditStore } from '../src/memory/memory-audit-store.js';
import { StoredAuditLog } from '../src/stored-audit-log.js';
import { auditLogContract } from '../src/testing/audit-log-contract.js';

auditLogContract('in memory', () => {
  const store = new MemoryAuditStore();
  return Promise.resolve({ open: (options) => new StoredAuditLog(store, options) });
});
