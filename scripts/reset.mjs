/** `npm run reset`: wipes what servers started by this project have kept. */
import './lib/require-node.mjs';
import './lib/load-env.mjs';
import fs from 'node:fs';
import path from 'node:path';
import { DATA_FOLDER, listRunning } from './lib/running.mjs';
import { Failure, runMain } from './lib/step.mjs';

const KEPT = 'binaries'; // a downloaded mongod is not data

await runMain(() => {
  const [running] = listRunning();
  if (running) throw new Failure(`The project is running (pid ${running.pid}). Stop it first: npm run stop`);
  const folders = fs.existsSync(DATA_FOLDER)
    ? fs.readdirSync(DATA_FOLDER).filter((name) => name !== KEPT)
    : [];
  for (const name of folders) fs.rmSync(path.join(DATA_FOLDER, name), { recursive: true, force: true });
  console.log(
    folders.length > 0
      ? `✓ wiped ${DATA_FOLDER} (${folders.join(', ')})`
      : `✓ nothing to wipe in ${DATA_FOLDER}`,
  );
  console.log(
    '  A Redis or MongoDB that was running before (REDIS_URL, MONGODB_URI, 6379, 27017) keeps its data.',
  );
});
