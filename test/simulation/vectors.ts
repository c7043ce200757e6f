import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Mutation } from './mutations.js';
import type { Schedule } from './schedule.js';

const FOLDER = new URL('../vectors/schedules/', import.meta.url);

/** A schedule that once showed something, shrunk, to be replayed for ever. */
export interface ScheduleVector {
  readonly title: string;
  /** With this rule broken it fails; `none`: it failed as the protocol was. */
  readonly mutation: Mutation;
  /** By this invariant of SPEC.md. */
  readonly rule: string;
  readonly schedule: Schedule;
}

export function readVectors(): readonly [name: string, vector: ScheduleVector][] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as ScheduleVector]);
}

/** Returns the path of the file. */
export function writeVector(name: string, { title, mutation, rule, schedule }: ScheduleVector): string {
  const file = new URL(`${name}.json`, FOLDER);
  const { actions, ...rest } = schedule;
  const head = JSON.stringify({ title, mutation, rule, schedule: rest }, null, 2);
  const lines = actions.map((action) => `      ${JSON.stringify(action)}`).join(',\n');
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, head.replace(/\n {2}\}\n\}$/, `,\n    "actions": [\n${lines}\n    ]\n  }\n}\n`));
  return fileURLToPath(file);
}
