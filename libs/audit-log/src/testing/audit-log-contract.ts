import { afterEach, beforeEach, describe, it } from '@jest/globals';
import type { AuditLog } from '../audit-log.js';
import type { AuditLogOptions } from '../stored-audit-log.js';
import { appendContract } from './append-contract.js';
import { concurrencyContract } from './concurrency-contract.js';
import { queryContract } from './query-contract.js';
import { retentionContract } from './retention-contract.js';
import { tailContract } from './tail-contract.js';

/** An empty place for logs. Several logs opened on it are like several processes on one store. */
interface LogPlace {
  open(options?: AuditLogOptions): AuditLog;
}

export interface ContractContext {
  /** A log on this test's place; closed after the test. */
  readonly open: (options?: AuditLogOptions) => Promise<AuditLog>;
}

type DefineTests = (context: ContractContext) => void;

const PARTS: Readonly<Record<string, DefineTests>> = {
  append: appendContract,
  query: queryContract,
  tail: tailContract,
  'concurrent writers': concurrencyContract,
  'retention and verification': retentionContract,
};

/** What every audit log does, whatever it is kept in. `newPlace` is asked once per test. */
export function auditLogContract(name: string, newPlace: () => Promise<LogPlace>): void {
  describe(`audit log contract: ${name}`, () => {
    let place: LogPlace;
    const opened: AuditLog[] = [];
    beforeEach(async () => {
      place = await newPlace();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((log) => log.close()));
    });
    const open = async (options: AuditLogOptions = {}) => {
      const log = place.open({ tailPollMs: 20, ...options });
      opened.push(log);
      await log.prepare();
      return log;
    };
    for (const [title, define] of Object.entries(PARTS)) describe(title, () => define({ open }));
    it('may be prepared by several processes at once, and again', async () => {
      const logs = await Promise.all([1, 2, 3, 4].map(() => open()));
      await Promise.all(logs.map((log) => log.prepare()));
    });
  });
}
