import { defineScript } from '@redis-mongo-sync/redis-streams';

const script = <Reply>(name: string, numberOfKeys: number) =>
  defineScript<Reply>({
    name: `events.${name}`,
    file: new URL(`./lua/${name}.lua`, import.meta.url),
    numberOfKeys,
  });

/** One Lua file, one command; each file's header says what it takes and returns. */
export const EVENT_SCRIPTS = {
  createTask: script<[outcome: 'created' | 'there', entryId: string, task: string]>('create-task', 2),
  completeTask: script<
    [outcome: 'unknown' | 'completed' | 'repeated' | 'already', entryId: string, completedAt: string]
  >('complete-task', 2),
  projectEvents: script<number>('project-events', 3),
} as const;
