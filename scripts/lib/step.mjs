const STILL_RUNNING_AFTER_MS = 2_000;

/**
 * One line for one step: `· label …` with the seconds while it runs (rewritten on a terminal; elsewhere printed once,
 * and only for a step that takes long), then `✓ text (3.2 s)`.
 */
export function startStep(label, out = process.stdout) {
  const started = Date.now();
  const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
  const rewrite = (text) => out.write(`\r\x1b[2K${text}`);
  const timer = out.isTTY
    ? setInterval(() => rewrite(`· ${label} … ${Math.round(seconds())} s`), 1_000)
    : setTimeout(() => out.write(`· ${label} …\n`), STILL_RUNNING_AFTER_MS);
  if (out.isTTY) rewrite(`· ${label} …`);
  const end = (mark, text) => {
    clearInterval(timer);
    const took = Date.now() - started > 500 ? ` (${seconds()} s)` : '';
    if (out.isTTY) rewrite('');
    out.write(`${mark} ${text}${took}\n`);
  };
  return { done: (text) => end('✓', text), fail: (text) => end('✗', text) };
}

/** An error a person can act on: its message is printed alone, without a stack. */
export class Failure extends Error {}

/** Runs a command's main function; turns what it throws into a message and the exit code. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error);
    process.exitCode = 1;
  }
}
