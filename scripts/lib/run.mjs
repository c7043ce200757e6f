import childProcess from 'node:child_process';
import { PROJECT } from './project.mjs';

/** Runs a command to its end, in silence. Resolves to its exit code and everything it printed. */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = childProcess.spawn(command, args, { cwd: PROJECT, windowsHide: true, ...options });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? 1, signal, output }));
  });
}

export function runNode(args, options) {
  return runQuietly(process.execPath, args, options);
}

/** npm as this process was started with it, else the one on the PATH (a .cmd file, so a shell, on Windows). */
export function runNpm(args) {
  const cli = process.env.npm_execpath;
  if (cli && /\.c?js$/.test(cli)) return runNode([cli, ...args]);
  return runQuietly('npm', args, { shell: process.platform === 'win32' });
}

export function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
