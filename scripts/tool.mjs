/** `npm run tool` lists the tools; `npm run tool -- NAME [arguments]` runs one, installing and building when that is due. */
import './lib/require-node.mjs';
import './lib/load-env.mjs';
import url from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inProject } from './lib/project.mjs';
import { runSource } from './lib/run-source.mjs';
import { listRunning } from './lib/running.mjs';
import { addressOf } from './lib/service-addresses.mjs';
import { Failure, runMain } from './lib/step.mjs';

/** A script beside this one, which needs nothing built. */
const script = (name) => () => import(`./lib/tools/${name}.mjs`).then(({ run }) => run());
/**
 * A program that was built, with the addresses of what `npm start` runs here unless the environment has others. Steps of
 * the build are told to `out`.
 */
const built = (file, out) => async () => {
  await ensureInstalled(out);
  await ensureBuilt(out);
  const [running] = listRunning();
  if (running) {
    process.env.REDIS_URL ||= running.redisUrl;
    process.env.MONGODB_URI ||= running.mongoUri;
  }
  process.env.GATEWAY_URL ||= addressOf('api-gateway');
  process.env.SYNC_SERVICE_URL ||= addressOf('sync-service');
  await import(url.pathToFileURL(inProject(file)).href);
  return process.exitCode;
};
/** A TypeScript program for development. */
const source = (program) => () => runSource(program);

const TOOLS = {
  health: ['asks every service how it is (--verbose: with the answers)', script('health')],
  metrics: ["prints the sync-service's metrics as JSON", script('metrics')],
  reconcile: [
    'compares both stores, and repairs (--full, --repair)',
    built('dist/apps/sync-service/src/reconcile/main.js'),
  ],
  backfill: [
    "copies one store's records to the other (--from mongo|redis)",
    built('dist/apps/sync-service/src/backfill/main.js'),
  ],
  doctor: [
    'looks at both stores before they are synced, and says what must be mended (--fix, --json)',
    built('dist/apps/sync-service/src/doctor/main.js', process.stderr),
  ],
  consumer: ['follows a stream without a group', built('dist/scripts/messaging/consumer.js')],
  'consumer-group': ['consumes a stream in a group', built('dist/scripts/messaging/consumer-group.js')],
  producer: ['publishes events', built('dist/scripts/messaging/producer.js')],
  'load-test': [
    'sends events to a running gateway and checks the audit log',
    built('dist/scripts/messaging/load-test/main.js'),
  ],
  example: ['runs one of the patterns of libs/redis-streams', source('libs/redis-streams/examples/main.ts')],
  'embedded-mongo': ['runs the stand-in for MongoDB alone', built('tools/embedded-mongo/dist/main.js')],
  bench: ['measures speed, with loss and divergence beside it', source('bench/main.ts')],
  'bench-audit-log': ['measures the audit log', source('libs/audit-log/bench/main.ts')],
  'bench-embedded-mongo': ['measures the stand-in', source('tools/embedded-mongo/bench/main.ts')],
  'bench-messaging': ['measures the message bus beside others', source('libs/redis-streams/bench/main.ts')],
  simulate: ['plays random schedules of the protocol', source('test/simulation/main.ts')],
  chaos: ['breaks a running product and judges its data', source('test/chaos/main.ts')],
  fuzz: ['sends broken requests to all services', source('test/fuzz/http/main.ts')],
  soak: ['runs the product under load for a long time', source('test/soak/main.ts')],
  mutation: ["mutates the protocol's rules and runs their unit specs", script('mutation')],
  'mongodb-specs': [
    "runs MongoDB's own specifications against the stand-in",
    source('tools/embedded-mongo/spec-tests/main.ts'),
  ],
  torture: ['kills the stand-in under load', source('tools/embedded-mongo/torture/main.ts')],
  'docs-errors': ['writes docs/errors.md from the error enums', script('docs-errors')],
};

await runMain(() => {
  const [name] = process.argv.splice(2, 1);
  if (name === undefined || name === '--help') return void console.log(list());
  const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
  if (!tool) throw new Failure(`There is no tool '${name}'.\n\n${list()}`);
  return tool[1]();
});

function list() {
  const lines = Object.entries(TOOLS).map(([name, [says]]) => `  ${name.padEnd(22)}${says}`);
  return ['npm run tool -- NAME [arguments]   (most say more with --help)', '', ...lines].join('\n');
}
