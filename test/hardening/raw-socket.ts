import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What the server did with a connection that misbehaves. */
export interface Outcome {
  /** All that it answered. */
  readonly text: string;
  /** From the first byte until it closed the connection, ms. */
  readonly ms: number;
}

export async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined); // resets are what some of the tests are about
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

/** Sends the parts, one every `everyMs`, over again from the last one, until the server closes the connection. */
export async function trickle(port: number, parts: readonly string[], everyMs: number): Promise<Outcome> {
  const socket = await open(port);
  const startedAt = performance.now();
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  let next = 0;
  const send = () => {
    const part = parts[Math.min(next++, parts.length - 1)];
    if (part !== undefined && socket.writable) socket.write(part);
  };
  send();
  const timer = setInterval(send, everyMs);
  try {
    await once(socket, 'close', { signal: AbortSignal.timeout(30_000) });
    return { text: Buffer.concat(chunks).toString('latin1'), ms: performance.now() - startedAt };
  } finally {
    clearInterval(timer);
    socket.destroy();
  }
}

const AT_ONCE = 100;

/** Opens connections, some at a time. With `first`, sends that on each and waits until an answer begins. */
export async function flood(port: number, count: number, first?: string): Promise<Socket[]> {
  const sockets: Socket[] = [];
  const one = async () => {
    const socket = await open(port);
    if (first === undefined) return socket;
    const answered = once(socket, 'data');
    socket.write(first);
    await answered;
    return socket;
  };
  while (sockets.length < count) {
    const more = Math.min(AT_ONCE, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: more }, one))));
  }
  return sockets;
}
