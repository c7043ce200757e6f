import { createHash } from 'node:crypto';
import type { ChainableCommander, Redis } from 'ioredis';
import { readLua } from './lua-source.js';

export type ScriptArgument = string | number | Buffer;

export interface ScriptDefinition<Reply> {
  /** For error messages and `COMMANDS` listings; unique per project by convention only. */
  readonly name: string;
  /** One file, one command: `new URL('./lua/x.lua', import.meta.url)`. It may include others, see {@link readLua}. */
  readonly file: URL;
  /** Leave out when the number differs from call to call. */
  readonly numberOfKeys?: number;
  /** Turns the raw reply into what callers get; without it the reply is `unknown`. */
  readonly decode?: (raw: unknown) => Reply;
}

/**
 * One Lua file as a typed command. Goes as EVAL once per connection and as EVALSHA from then on; a script
 * that the server has forgotten (restart, failover, SCRIPT FLUSH) is sent again by itself, also from within
 * a pipeline. Two limits follow:
 * – In a pipeline the repeated script runs *after* the rest of that pipeline. What must come after the
 *   script belongs into the script.
 * – Not for MULTI: there NOSCRIPT surfaces only in EXEC's reply. A script is atomic without it.
 */
export interface LuaScript<Reply> {
  readonly name: string;
  run(client: Redis, keys: readonly string[], args: readonly ScriptArgument[]): Promise<Reply>;
  /** Appends the call to `pipeline`; its place in `exec()`'s result holds the raw reply, see `decode`. */
  queue(pipeline: ChainableCommander, keys: readonly string[], args: readonly ScriptArgument[]): void;
  decode(raw: unknown): Reply;
}

type ScriptCall = (...args: ScriptArgument[]) => Promise<unknown>;
type ScriptHost = Record<string, ScriptCall>;

export function defineScript<Reply = unknown>(definition: ScriptDefinition<Reply>): LuaScript<Reply> {
  const lua = readLua(definition.file);
  const { name, numberOfKeys } = definition;
  // The digest keeps two scripts of one name (two versions of a library in one process) apart.
  const command = `${name}#${createHash('sha1').update(lua).digest('hex').slice(0, 12)}`;
  const decode = definition.decode ?? ((raw: unknown) => raw as Reply);

  const install = (client: Redis): ScriptCall => {
    const host = client as unknown as ScriptHost;
    if (!(command in host)) {
      client.defineCommand(command, { lua, ...(numberOfKeys === undefined ? {} : { numberOfKeys }) });
    }
    const call = host[command];
    if (!call) throw new TypeError(`the client did not take in script ${name}`);
    return call;
  };

  const argumentsOf = (keys: readonly string[], args: readonly ScriptArgument[]): ScriptArgument[] => {
    if (numberOfKeys === undefined) return [keys.length, ...keys, ...args];
    if (keys.length === numberOfKeys) return [...keys, ...args];
    throw new TypeError(`script ${name} takes ${numberOfKeys} keys, got ${keys.length}`);
  };

  return {
    name,
    decode,
    async run(client, keys, args) {
      return decode(await install(client).apply(client, argumentsOf(keys, args)));
    },
    queue(pipeline, keys, args) {
      // A pipeline copies the custom commands of its client when it is made; later ones are added here.
      const host = pipeline as unknown as ScriptHost & { redis: Redis };
      const call = (host[command] ??= install(host.redis));
      void call.apply(pipeline, argumentsOf(keys, args));
    },
  };
}
