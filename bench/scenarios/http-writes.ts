import { compare } from '../compare.js';
import type { HttpTask } from '../processes/http-writer.js';
import type { Written } from '../records.js';
import type { Figure } from '../report/figure.js';
import type { Rig } from '../rig/rig.js';
import { ServiceProcess } from '../rig/service-process.js';
import { inProcess } from '../rig/worker.js';
import { onRig, type BenchContext, type Scenario } from './scenario.js';

const CONNECTIONS = 64;

/** The same as `writes`, as clients do it: over HTTP, with all three services on the same cores. */
export const httpWrites: Scenario = {
  name: 'http',
  about: 'writes on each side over HTTP through the gateway, with the sync running',
  async run(context) {
    return [
      await postTo('/mongo-first/users', 'POST /mongo-first/users', context),
      await postTo('/redis-first/users', 'POST /redis-first/users', context),
    ];
  },
};

function postTo(path: string, what: string, context: BenchContext): Promise<Figure> {
  return onRig(context, async (rig) => {
    const { writes } = context.scale;
    const service = await rig.startSync();
    await service.streaming();
    return withGateway(rig, async (origin) => {
      context.say(`${what}: ${writes}`);
      const meter = await rig.startMeter();
      const task = { origin, path, count: writes, concurrency: CONNECTIONS };
      const { acknowledged, seconds } = await inProcess<HttpTask, Written>('http-writer', task);
      const load = await meter.stop();
      await rig.quiet();
      return {
        scenario: 'http',
        what: `${what}, ${CONNECTIONS} connections`,
        events: writes,
        perSecond: writes / seconds,
        load,
        comparison: await compare(rig, acknowledged),
      };
    });
  });
}

async function withGateway<T>(rig: Rig, step: (origin: string) => Promise<T>): Promise<T> {
  const users = await ServiceProcess.start({ name: 'user-service', env: rig.environment });
  const env = { ...rig.environment, USER_SERVICE_URL: users.url, RATE_LIMIT_PER_SECOND: '0' };
  const gateway = await ServiceProcess.start({ name: 'api-gateway', env });
  try {
    await users.until(async () => (await users.get('/users/health')) !== null);
    await gateway.until(async () => (await gateway.get('/redis-first/users?limit=1')) !== null);
    return await step(gateway.url);
  } finally {
    await gateway.stop();
    await users.stop();
  }
}
