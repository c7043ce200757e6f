import { defineScript } from '@redis-mongo-sync/redis-streams';
const script = (name, numberOfKeys) =>
  defineScript({
    name: `events.${name}`,
    file: new URL(`./lua/${name}.lua`, import.meta.url),
    numberOfKeys,
  });
/** One Lua file, one command; each file's header says what it takes and returns. */
export const EVENT_SCRIPTS = {
  registerStream: script('register-stream', 2),
  createTask: script('create-task', 2),
  completeTask: script('complete-task', 2),
  projectEvents: script('project-events', 3),
};
//# sourceMappingURL=scripts.js.map
