import {
  createTempFolder,
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
  type PrivateMongo,
  type PrivateRedis,
  type TempFolder,
} from '@redis-mongo-sync/dev-servers';
import { StrangerApplication } from './stranger-application.js';

describeWith(describe, redisUnavailableReason())(
  'the packages, installed into an empty Nest application',
  () => {
    let folder: TempFolder;
    let redis: PrivateRedis;
    let mongo: PrivateMongo;
    let app: StrangerApplication;

    beforeAll(async () => {
      folder = createTempFolder('stranger');
      [redis, mongo] = await Promise.all([startPrivateRedis({ appendonly: true }), startPrivateMongo()]);
      app = await StrangerApplication.make(folder.path);
    }, 300_000);
    afterAll(() => Promise.all([redis.stop(), mongo.stop(), folder.remove()]));

    it('publish and handle events with decorators and over the transport', async () => {
      expect(await app.run('bus', redis.url)).toEqual({
        order: { customer: 'ann', total: 20 },
        title: 'write',
        sum: 6,
      });
    }, 90_000);

    it('embed the sync of a collection of its own, in both directions', async () => {
      expect(await app.run('sync', mongo.uri, mongo.database, redis.url)).toEqual({
        inRedis: 'bolt',
        inMongo: 'nut',
        lanes: ['mongo-to-redis', 'redis-to-mongo'],
      });
    }, 90_000);

    it('bring no second Nest', async () => {
      for (const name of ['@nestjs/common', '@nestjs/core', '@nestjs/microservices']) {
        expect(await app.placesOf(name)).toHaveLength(1);
      }
    }, 60_000);
  },
);
