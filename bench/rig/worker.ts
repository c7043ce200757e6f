import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { guard } from '@redis-mongo-sync/dev-servers';

/**
 * Runs one of `bench/processes` in a process of its own, so that what it burns is nobody else's: sends it `task` and
 * resolves to its answer.
 */
export async function inProcess<Task extends object, Answer>(name: string, task: Task): Promise<Answer> {
  const file = fileURLToPath(new URL(`../processes/${name}.ts`, import.meta.url));
  const child = fork(file, { serialization: 'advanced' }); // inherits the TypeScript loader
  if (child.pid) guard.watchProcess(child.pid);
  try {
    child.send(task);
    const ended = once(child, 'exit').then(() => {
      throw new Error(`${name} ended without an answer`);
    });
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer];
    return answer;
  } finally {
    child.kill();
    if (child.pid) guard.forgetProcess(child.pid);
  }
}

/** The other end: takes the task, sends the answer. */
export async function answerWith<Task, Answer>(run: (task: Task) => Promise<Answer>): Promise<void> {
  const [task] = (await once(process, 'message')) as [Task];
  process.send?.(await run(task));
}
