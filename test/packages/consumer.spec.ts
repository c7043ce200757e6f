import {
  createTempFolder,
  describeWith,
  redisUnavailableReason,
  startPrivateRedis,
  type PrivateRedis,
  type TempFolder,
} from '@redis-mongo-sync/dev-servers';
import { StrangerApplication } from './stranger-application.js';

describeWith(describe, redisUnavailableReason())(
  'the packages, installed into an empty Nest application',
  () => {
    let folder: TempFolder;
    let redis: PrivateRedis;
    let app: StrangerApplication;

    beforeAll(async () => {
      folder = createTempFolder('stranger');
      redis = await startPrivateRedis();
      app = await StrangerApplication.make(folder.path);
    }, 300_000);
    afterAll(() => Promise.all([redis.stop(), folder.remove()]));

    it('publish and handle events with decorators and over the transport', async () => {
      expect(await app.run('bus', redis.url)).toEqual({
        order: { customer: 'ann', total: 20 },
        title: 'write',
        sum: 6,
      });
    }, 90_000);

    it('bring no second Nest', async () => {
      for (const name of ['@nestjs/common', '@nestjs/core', '@nestjs/microservices']) {
        expect(await app.placesOf(name)).toHaveLength(1);
      }
    }, 60_000);
  },
);
