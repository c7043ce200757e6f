import { parseArgs } from 'node:util';
import { LaunchError } from './launch-error.js';
import { SERVICES, type ServiceDefinition } from './services.js';

export const START_HELP = `npm start -- [options]
  --demo             also perform both flows and print what happened at each hop
  --exit             with --demo: stop afterwards
  --infrastructure   only Redis and MongoDB, no service
  --service <name>   only this service: ${SERVICES.map(({ name }) => name).join(', ')}
  --no-install       neither apt-get install redis-server nor download mongod
  --raw-logs         the services' log lines as they come
Environment: REDIS_URL, MONGODB_URI, ${SERVICES.map(({ portVariable }) => portVariable).join(', ')}, RMS_DATA (data folder)`;

export interface StartOptions {
  readonly demo: boolean;
  readonly exit: boolean;
  /** None with `--infrastructure`. */
  readonly services: readonly ServiceDefinition[];
  readonly mayInstall: boolean;
  readonly rawLogs: boolean;
  readonly help: boolean;
}

/** @throws Error naming what is wrong with the arguments */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      demo: flag,
      exit: flag,
      infrastructure: flag,
      service: { type: 'string' },
      'no-install': flag,
      'raw-logs': flag,
      help: flag,
    },
  });
  return {
    demo: values.demo,
    exit: values.exit,
    services: values.infrastructure ? [] : wantedServices(values.service),
    mayInstall: !values['no-install'],
    rawLogs: values['raw-logs'],
    help: values.help,
  };
}

function wantedServices(name: string | undefined): readonly ServiceDefinition[] {
  if (name === undefined) return SERVICES;
  const wanted = SERVICES.filter((service) => service.name === name);
  if (wanted.length > 0) return wanted;
  throw new LaunchError(
    `There is no service '${name}'. Services: ${SERVICES.map((service) => service.name).join(', ')}.`,
  );
}
