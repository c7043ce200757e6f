import { postgresUnavailableReason, startPrivatePostgres } from '../src/postgres/private-postgres.js';
import { probePostgres, runStatement } from '../src/postgres/probe-postgres.js';
import { describeWith } from '../src/testing/describe-with.js';

describeWith(describe, await postgresUnavailableReason())('startPrivatePostgres', () => {
  it('gives a database of its own, which outlives a killed server and is gone after stop', async () => {
    const postgres = await startPrivatePostgres();
    try {
      await runStatement(postgres.url, 'create table kept (id int)');
      await postgres.server?.kill();
      await postgres.server?.restart();
      await runStatement(postgres.url, 'insert into kept values (1)');
    } finally {
      await postgres.stop();
    }
    expect(await probePostgres(postgres.url)).toBe(false);
  });
});
