import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { Child } from './child.js';
import { eventFigures, type EventFigures } from './event-rates.js';
import { largeFigures } from './large-collection.js';
import { render } from './report.js';
import { writeRates, type Rate } from './write-rates.js';

async function main(): Promise<void> {
  print(`Node ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model ?? '?'}), load ${load()}`);
  const { rates, events } = await inFolder(rateFigures);
  const large = await inFolder(largeFigures);
  print(render({ rates, events, large }));
  print(`\nLoad at the end ${load()}; figures of a busy machine are lower.`);
}

async function inFolder<T>(measure: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-mongo-bench-'));
  try {
    return await measure(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function rateFigures(folder: string): Promise<{ rates: Rate[]; events: EventFigures }> {
  const [echo, echoPort] = await Child.start<number>('echo-server');
  const [server, { uri }] = await Child.start<{ uri: string }>('server', folder);
  const client = await new MongoClient(uri, { maxPoolSize: 32 }).connect();
  try {
    const rates = await writeRates(client, uri, echoPort);
    return { rates, events: await eventFigures(client) };
  } finally {
    await client.close();
    await server.stop();
    await echo.stop();
  }
}

/** Of the last minute. */
function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
