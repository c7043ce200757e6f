import { shortPath } from '@redis-mongo-sync/dev-servers';
import { checkPorts } from './check-ports.js';
import { FLOWS } from './demo/flow.js';
import { runDemo } from './demo/run-demo.js';
import { firstLook } from './first-look.js';
import { LaunchError } from './launch-error.js';
import { parseStartOptions, START_HELP, type StartOptions } from './options.js';
import { resolveServers } from './servers.js';
import { servicePorts, type ServerUrls, type ServicePorts } from './services.js';
import { summary } from './summary.js';
import { System } from './system.js';

export interface LaunchContext {
  readonly args: readonly string[];
  /** The folder with package.json. */
  readonly root: string;
  readonly dataFolder: string;
  /** Makes this launch known to `npm run stop`, `health`, …; the function returned takes that back. */
  readonly register: (launch: ServerUrls & { ports: Partial<ServicePorts> }) => () => void;
  /** Calls back when another process asks this one to stop. */
  readonly onStopRequest: (stop: () => void) => void;
}

/** `npm start` after installation and build. Resolves to the exit code once everything has stopped. */
export async function launch(context: LaunchContext): Promise<number> {
  try {
    const options = parseStartOptions(context.args);
    if (options.help) return (say(START_HELP), 0);
    return await run(options, context);
  } catch (error) {
    if (error instanceof LaunchError || isUsageError(error)) return (console.error(error.message), 1);
    throw error;
  }
}

async function run(options: StartOptions, context: LaunchContext): Promise<number> {
  const { services, mayInstall, rawLogs } = options;
  const ports = servicePorts(process.env);
  await checkPorts(services, ports);
  const interrupted = interruption(context.onStopRequest);
  const servers = await resolveServers({ dataFolder: context.dataFolder, mayInstall, say });
  const system = new System({ root: context.root, servers, services, ports, rawLogs, say });
  interrupted.onSecond(() => system.kill());
  const used = Object.fromEntries(services.map(({ name }) => [name, ports[name]]));
  const unregister = context.register({ ...system.urls, ports: used });
  let exitCode = 0;
  try {
    const begin = async () => {
      const syncs = services.some(({ name }) => name === 'sync-service');
      if (syncs) await firstLook({ root: context.root, urls: system.urls, say });
      await system.start();
    };
    if ((await interrupted.or(begin)) !== 'interrupted') {
      say(`\n${summary(servers, services, ports)}\n`);
      const demoOk = !options.demo || (await performDemo(system.urls, ports));
      exitCode = demoOk ? 0 : 1;
      if (!(options.demo && options.exit)) {
        system.openLogs();
        await interrupted.first;
      }
    }
  } finally {
    say('· stopping …');
    await system.stop();
    unregister();
  }
  say(`✓ stopped; data are kept in ${shortPath(context.dataFolder)}`);
  return exitCode;
}

async function performDemo(servers: ServerUrls, ports: ServicePorts): Promise<boolean> {
  let ok = true;
  for (const flow of FLOWS) {
    ok =
      (await runDemo(flow, { gatewayUrl: `http://127.0.0.1:${ports['api-gateway']}`, servers, say })) && ok;
  }
  say('');
  return ok;
}

/** Ctrl-C, SIGTERM, a closed terminal or `npm run stop`: the first stops in order, a second one at once. */
function interruption(onStopRequest: LaunchContext['onStopRequest']) {
  let count = 0;
  let force: () => void = () => undefined;
  const first = new Promise<'interrupted'>((resolve) => {
    const interrupt = () => {
      count += 1;
      if (count === 1) return resolve('interrupted');
      say('! stopping at once');
      force();
      process.exit(130);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
    onStopRequest(interrupt);
  });
  /** Does the work unless the interruption came first or comes meanwhile. */
  const or = (work: () => Promise<void>) => (count > 0 ? first : Promise.race([first, work()]));
  return { first, or, onSecond: (action: () => void) => (force = action) };
}

function say(line: string): void {
  console.log(line);
}

/** What `parseArgs` and the checks of options throw: a wrong word on the command line. */
function isUsageError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
