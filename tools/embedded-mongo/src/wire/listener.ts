import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Connection, type CommandServer } from './connection.js';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);

interface Endpoint {
  host: string;
  port: number;
}

/** Listens on a loopback address only: this server knows no users and no encryption. */
export class Listener {
  private readonly connections = new Set<Connection>();
  private readonly server: Server = createServer({ noDelay: true });
  private opened = 0;

  constructor(private readonly onTrouble: (error: unknown) => void) {}

  get count(): { current: number; total: number } {
    return { current: this.connections.size, total: this.opened };
  }

  /** Port 0 takes any free one. Rejects with what `net` reports, such as EADDRINUSE. */
  listen({ host, port }: Endpoint, commands: (port: number) => CommandServer): Promise<number> {
    return new Promise((resolve, reject) => {
      if (!LOOPBACK.has(host)) {
        throw new Error(
          `embedded-mongo is for development and tests: it listens on loopback addresses only, not on ${host}`,
        );
      }
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        this.server.on('error', this.onTrouble);
        const { port: bound } = this.server.address() as AddressInfo;
        const server = commands(bound);
        this.server.on('connection', (socket) => {
          this.accept(socket, server);
        });
        resolve(bound);
      });
    });
  }

  /** Closes every connection and resolves when the port is free. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      for (const connection of this.connections) connection.close();
    });
  }

  private accept(socket: Socket, commands: CommandServer): void {
    this.opened += 1;
    const connection = new Connection(this.opened, socket, commands, this.onTrouble);
    this.connections.add(connection);
    connection.onClose(() => {
      this.connections.delete(connection);
    });
  }
}
