import fs from 'node:fs';
import path from 'node:path';
import { PROJECT } from './project.mjs';

const POLL_MS = 300;

/** Where servers started here keep their data; `RMS_DATA` moves it. */
export const DATA_FOLDER = path.resolve(PROJECT, process.env.RMS_DATA || '.data');
const RUN_FOLDER = path.join(DATA_FOLDER, 'run');

const infoFile = (pid) => path.join(RUN_FOLDER, `${pid}.json`);
const stopFile = (pid) => path.join(RUN_FOLDER, `${pid}.stop`);

/** Makes this launch known: `{ redisUrl, mongoUri, ports }`. The URLs may hold passwords, so only the user may read it. */
export function register(launch) {
  fs.mkdirSync(RUN_FOLDER, { recursive: true });
  fs.writeFileSync(infoFile(process.pid), JSON.stringify({ pid: process.pid, ...launch }), { mode: 0o600 });
  return () => forget(process.pid);
}

/** Every launch of this project that is alive. What dead ones left is removed. */
export function listRunning() {
  if (!fs.existsSync(RUN_FOLDER)) return [];
  const pids = fs.readdirSync(RUN_FOLDER).map((file) => Number.parseInt(file, 10));
  for (const pid of pids.filter((candidate) => !isAlive(candidate))) forget(pid);
  return pids.flatMap((pid) => readInfo(pid) ?? []);
}

/** A file, not a signal: on Windows a signal would end the launch at once, with no order to it. */
export function requestStop(pid) {
  fs.writeFileSync(stopFile(pid), '');
}

export function onStopRequest(stop) {
  const timer = setInterval(() => {
    if (!fs.existsSync(stopFile(process.pid))) return;
    clearInterval(timer);
    stop();
  }, POLL_MS);
  timer.unref();
}

export function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function readInfo(pid) {
  try {
    return JSON.parse(fs.readFileSync(infoFile(pid), 'utf8'));
  } catch {
    return undefined;
  }
}

function forget(pid) {
  fs.rmSync(infoFile(pid), { force: true });
  fs.rmSync(stopFile(pid), { force: true });
}
