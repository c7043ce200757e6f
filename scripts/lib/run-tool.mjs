import './require-node.mjs';
import './load-env.mjs';
import url from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { inProject } from './project.mjs';
import { listRunning } from './running.mjs';
import { addressOf } from './service-addresses.mjs';
import { runMain } from './step.mjs';

/** Installs and builds when that is due, then runs a tool of `dist/scripts/messaging` against what `npm start` runs. */
export function runTool(module) {
  return runMain(async () => {
    await ensureInstalled();
    await ensureBuilt();
    const [running] = listRunning();
    if (running) process.env.RUNNING_REDIS_URL = running.redisUrl;
    process.env.GATEWAY_URL ||= addressOf('api-gateway');
    await import(url.pathToFileURL(inProject('dist/scripts/messaging', module)).href);
    return process.exitCode;
  });
}
