/** One consumer in a process of its own, to be killed. Its settings come as one JSON argument; prints a line when ready. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTESTANTS } from '../contestants/index.js';
import type { WorkerSettings } from './worker-process.js';

const settings = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings;
process.stdin.resume().on('end', () => process.exit()); // no orphan when the parent is killed

const contestant = CONTESTANTS.find(({ name }) => name === settings.contestant);
if (!contestant) throw new Error(`there is no contestant ${settings.contestant}`);
const opened = await contestant.open(settings.place);
await opened.consume(async ({ n }, effect) => {
  await effect('HINCRBY', settings.effects, String(n), 1);
  await sleep(settings.takesMs);
});
process.stdout.write('ready\n');
