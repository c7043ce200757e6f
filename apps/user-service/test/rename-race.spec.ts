import { startPrivateMongo, type PrivateMongo } from '@redis-mongo-sync/dev-servers';
import type { HttpProbe } from '@redis-mongo-sync/service-kit/testing';
import { startUserService } from './start-user-service.js';

describe('a race for one e-mail, by e-mail and by id', () => {
  let mongo: PrivateMongo;
  let probe: HttpProbe;
  beforeAll(async () => {
    mongo = await startPrivateMongo();
    probe = await startUserService(mongo);
  });
  afterAll(async () => {
    await probe.close();
    await mongo.stop();
  });

  it('one user gets it, the others are answered 409', async () => {
    for (let round = 0; round < 5; round += 1) {
      const email = `wanted-${round}@example.org`;
      const users = await Promise.all(
        Array.from({ length: 8 }, async (_, n) => {
          const json = { username: `user${n}`, email: `user-${round}-${n}@example.org` };
          const { body } = await probe.ask('/users-by-id', { method: 'POST', json });
          return { ...json, id: String(body.id) };
        }),
      );
      const answers = await Promise.all(
        users.map(({ id, email: own, username }, n) =>
          n % 2
            ? probe.ask(`/users-by-id/${id}`, { method: 'PUT', json: { username, email } })
            : probe.ask(`/users/${own}`, { method: 'PUT', json: { name: username, email } }),
        ),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 409)]);
    }
  });
});
