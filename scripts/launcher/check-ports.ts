import { describePortHolder, findPortHolder, isPortTaken } from '@redis-mongo-sync/dev-servers';
import { LaunchError } from './launch-error.js';
import type { ServiceDefinition, ServicePorts } from './services.js';

/** @throws LaunchError naming each taken port, who holds it and what to do */
export async function checkPorts(services: readonly ServiceDefinition[], ports: ServicePorts): Promise<void> {
  const complaints: string[] = [];
  for (const { name, portVariable } of services) {
    const port = ports[name];
    if (!(await isPortTaken(port))) continue;
    const holder = describePortHolder(port, await findPortHolder(port));
    complaints.push(
      `✗ ${name}: ${holder}\n  stop that, or choose another port: ${portVariable}=${port + 100} npm start`,
    );
  }
  if (complaints.length === 0) return;
  throw new LaunchError(
    [...complaints, '  (is it an earlier start of this project? npm run stop)'].join('\n'),
  );
}
