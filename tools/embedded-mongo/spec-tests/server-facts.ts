import type { MongoClient } from 'mongodb';
import { NotApplicable } from './outcome.js';
import type { Requirement } from './test-file.js';

/** What the tests' requirements ask about the server they run against. */
export interface ServerFacts {
  version: string;
  topology: 'single' | 'replicaset' | 'sharded';
  /** Whether commands can be made to fail on purpose. */
  testCommands: boolean;
}

export async function learnServerFacts(client: MongoClient): Promise<ServerFacts> {
  const admin = client.db('admin');
  const [build, hello] = await Promise.all([
    admin.command({ buildInfo: 1 }) as Promise<{ version: string }>,
    admin.command({ hello: 1 }) as Promise<{ setName?: string; msg?: string }>,
  ]);
  const testCommands = await admin.command({ configureFailPoint: 'failCommand', mode: 'off' }).then(
    () => true,
    () => false,
  );
  const topology = hello.msg === 'isdbgrid' ? 'sharded' : hello.setName ? 'replicaset' : 'single';
  return { version: build.version, topology, testCommands };
}

/** Throws {@link NotApplicable} unless one of the requirements is met; no requirements are always met. */
export function assertRequirements(requirements: Requirement[] | undefined, facts: ServerFacts): void {
  const reasons = (requirements ?? []).map((requirement) => whyNot(requirement, facts));
  if (reasons.length > 0 && !reasons.includes(undefined)) {
    throw new NotApplicable(reasons.find((reason) => reason !== undefined));
  }
}

function whyNot(requirement: Requirement, facts: ServerFacts): string | undefined {
  const { minServerVersion: min, maxServerVersion: max, topologies, serverParameters = {} } = requirement;
  if (min && compareVersions(facts.version, min) < 0) return `needs MongoDB ${min} or newer`;
  if (max && compareVersions(facts.version, max) > 0) return 'for older versions of MongoDB only';
  if (topologies && !topologies.includes(facts.topology)) return 'needs another topology';
  if (requirement.auth === true) return 'needs users';
  if (requirement.serverless === 'require' || requirement.csfle)
    return 'needs encryption or a hosted service';
  const { enableTestCommands, ...others } = serverParameters;
  if (Object.keys(others).length > 0) return 'needs server parameters';
  return enableTestCommands && !facts.testCommands ? 'needs test commands' : undefined;
}

/** Compares only as many parts as the requirement states: "7.0.99" stands above every 7.0. */
function compareVersions(version: string, required: string): number {
  const parts = version.split(/[.-]/).map(Number);
  for (const [index, part] of required.split('.').map(Number).entries()) {
    const difference = (parts[index] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}
