import { onRig, type Scenario } from './scenario.js';

const BATCH = 100;

/** A figure of the machine, not of the product: with it, figures of two machines can be compared. */
export const calibration: Scenario = {
  name: 'calibration',
  about: 'what this client does on this machine: SET, 100 per round trip',
  run: (context) =>
    onRig(context, async ({ redis }) => {
      const events = context.scale.backlog;
      const startedAt = performance.now();
      for (let done = 0; done < events; done += BATCH) {
        const pipeline = redis.pipeline();
        for (let index = 0; index < BATCH; index += 1) pipeline.set(`key:${index}`, 'value');
        await pipeline.exec();
      }
      const perSecond = events / ((performance.now() - startedAt) / 1000);
      return [{ scenario: 'calibration', what: 'SET in Redis, 100 per round trip', events, perSecond }];
    }),
};
