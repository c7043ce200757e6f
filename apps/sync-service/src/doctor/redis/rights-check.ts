import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { Found } from '../finding.js';
import {
  aclRules,
  keyPatterns,
  PRODUCT_COMMANDS,
  WELCOME_COMMANDS,
  type ProductCommand,
} from './product-commands.js';

const NAME = 'rights';

/**
 * Whether this user may do what the product does. Every command is queued in a transaction that never reaches EXEC:
 * Redis looks at the rights when it queues, so nothing is carried out, and no right to ask about rights is needed.
 */
export async function redisRightsCheck(redis: Redis, entity: EntityDefinition): Promise<readonly Found[]> {
  const trial = await tryOut(redis, entity);
  if (!trial) {
    const says = 'this user may use neither MULTI nor ACL DRYRUN, so that nothing can be tried';
    return [{ name: NAME, verdict: 'unseen', says, mend: [aclText([entity])] }];
  }
  const { commands, patterns } = trial;
  const welcome = WELCOME_COMMANDS.filter(({ name }) => commands.has(name));
  const needed = [...commands].filter((name) => !welcome.some((one) => one.name === name));
  const refused = [...needed, ...patterns.map((pattern) => `keys ${pattern}`)];
  const first: Found =
    refused.length === 0
      ? { name: NAME, verdict: 'fine', says: 'the user may do all that is needed' }
      : {
          name: NAME,
          verdict: 'mend',
          says: `the user may not use: ${refused.join(', ')}`,
          mend: [aclText([entity])],
        };
  const missing = welcome.map(({ name, without }): Found => ({
    name: `rights: ${name}`,
    verdict: 'notice',
    says: `not allowed: ${without}`,
  }));
  return [first, ...missing];
}

/** The rules as a command; an existing user keeps its password. */
function aclText(entities: readonly EntityDefinition[]): string {
  return `redis-cli: ACL SETUSER <user> on ${aclRules(entities).join(' ')}`;
}

interface Refused {
  readonly commands: ReadonlySet<string>;
  readonly patterns: readonly string[];
}

async function tryOut(redis: Redis, entity: EntityDefinition): Promise<Refused | null> {
  const attempt = await attempts(redis);
  if (!attempt) return null;
  const [pattern = '*', ...others] = keyPatterns([entity]);
  const commands = new Set<string>();
  try {
    for (const one of [...PRODUCT_COMMANDS, ...WELCOME_COMMANDS]) {
      if ((await attempt(one, keyOf(pattern))) === 'command') commands.add(one.name);
    }
    const patterns: string[] = [];
    for (const one of [pattern, ...others]) {
      if ((await attempt({ name: 'set', args: ['KEY', '0'] }, keyOf(one))) === 'key') patterns.push(one);
    }
    return { commands, patterns };
  } finally {
    attempt.end();
  }
}

function keyOf(pattern: string): string {
  return pattern.replace('*', 'doctor');
}

interface Attempt {
  (command: ProductCommand, key: string): Promise<'allowed' | 'command' | 'key'>;
  end(): void;
}

/** A way to try commands without carrying them out; null: there is none. */
async function attempts(redis: Redis): Promise<Attempt | null> {
  const own = redis.duplicate().on('error', () => undefined); // its transaction ends with it
  try {
    await own.call('MULTI');
    const queue = (words: readonly string[]) => own.call(...(words as [string, ...string[]]));
    return attemptsBy(queue, () => own.disconnect());
  } catch {
    own.disconnect();
    return dryRuns(redis);
  }
}

async function dryRuns(redis: Redis): Promise<Attempt | null> {
  try {
    const user = String(await redis.call('ACL', 'WHOAMI'));
    const ask = async (words: readonly string[]) => {
      const answer = String(await redis.call('ACL', 'DRYRUN', user, ...words));
      if (answer !== 'OK') throw new Error(`NOPERM ${answer}`);
    };
    await ask(['ping']);
    return attemptsBy(ask, () => undefined);
  } catch {
    return null;
  }
}

function attemptsBy(ask: (words: readonly string[]) => Promise<unknown>, end: () => void): Attempt {
  const attempt = async ({ name, args }: ProductCommand, key: string) => {
    try {
      await ask([...name.split('|'), ...args.map((arg) => (arg === 'KEY' ? key : arg))]);
      return 'allowed' as const;
    } catch (error) {
      const said = error instanceof Error ? error.message : '';
      if (!said.startsWith('NOPERM')) return 'allowed' as const; // refused for another reason than rights
      return /\bkeys?\b/.test(said) ? ('key' as const) : ('command' as const);
    }
  };
  return Object.assign(attempt, { end });
}
