/** One Lua file, one command; each file's header says what it takes and returns. */
export declare const EVENT_SCRIPTS: {
  readonly registerStream: import('@redis-mongo-sync/redis-streams').LuaScript<0 | 1>;
  readonly createTask: import('@redis-mongo-sync/redis-streams').LuaScript<
    [outcome: 'created' | 'there', entryId: string, task: string]
  >;
  readonly completeTask: import('@redis-mongo-sync/redis-streams').LuaScript<
    [outcome: 'unknown' | 'completed' | 'repeated' | 'already', entryId: string, completedAt: string]
  >;
  readonly projectEvents: import('@redis-mongo-sync/redis-streams').LuaScript<number>;
};
