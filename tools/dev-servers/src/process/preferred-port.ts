import { createServer } from 'node:net';
import { freePort } from './free-port.js';

/** The well-known port when nothing listens there, else any free one. */
export async function preferredPort(wellKnown: number): Promise<number> {
  return (await isPortTaken(wellKnown)) ? freePort() : wellKnown;
}

/** Whether anything listens on this port, on any address of this machine. */
export async function isPortTaken(port: number): Promise<boolean> {
  return !((await canListen(port, '127.0.0.1')) && (await canListen(port, undefined)));
}

function canListen(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
