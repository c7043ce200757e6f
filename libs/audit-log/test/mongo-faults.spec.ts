import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import { openAuditLog } from '../src/open-audit-log.js';
import { survivesFaults } from '../src/testing/fault-contract.js';

/**
 * The stand-in shows what is not in its own log yet, which MongoDB's majority reads do not: so the reader's places are
 * compared here, and the entries themselves in the log.
 */
describe('MongoDB killed while entries are appended', () => {
  it('loses nothing and doubles nothing', async () => {
    const server = await startPrivateMongo({ mode: 'child' });
    const { uri, database } = server;
    try {
      await survivesFaults({
        open: () => openAuditLog({ store: 'mongo', uri, database }, { timeoutMs: 1_000, tailPollMs: 20 }),
        faults: 4,
        breakIt: async (failed) => {
          await server.kill();
          await failed();
          await server.restart();
        },
      });
    } finally {
      await server.stop();
    }
  }, 120_000);
});
