import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Link {
  readonly client: Socket;
  readonly upstream: Socket;
  /** A link that has been in a black hole is dead for good, like a connection whose peer vanished. */
  dead: boolean;
}

type Fault =
  | { readonly kind: 'pass' }
  | { readonly kind: 'black-hole' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'cut-reply'; readonly when: (reply: Buffer) => boolean };

/**
 * A TCP proxy that breaks the network on command, between a client and one server. Faults hold until the
 * next call; `cutReply` works once and then passes.
 */
export class TcpProxy {
  private fault: Fault = { kind: 'pass' };
  private readonly links = new Set<Link>();
  /** Replies cut so far. */
  cuts = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host?: string; readonly port: number },
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  static async start(target: { readonly host?: string; readonly port: number }): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, target);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.links.size;
  }

  /** Everything goes through; links that were in a black hole stay dead. */
  pass(): void {
    this.fault = { kind: 'pass' };
  }

  /** Bytes vanish in both directions, connections stay open, new ones are accepted and silent. */
  blackHole(): void {
    this.fault = { kind: 'black-hole' };
    for (const link of this.links) link.dead = true;
  }

  /** Existing connections are reset, new ones too. */
  refuse(): void {
    this.fault = { kind: 'refuse' };
    this.reset();
  }

  /** Delays replies. */
  latency(ms: number): void {
    this.fault = { kind: 'latency', ms };
  }

  /** The next reply for which `when` holds is lost with its connection: the server has done the work. */
  cutReply(when: (reply: Buffer) => boolean = () => true): void {
    this.fault = { kind: 'cut-reply', when };
  }

  /** Resets every connection, once. */
  reset(): void {
    for (const link of this.links) breakLink(link);
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(client: Socket): void {
    if (this.fault.kind === 'refuse') {
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const upstream = connect(this.target.port, this.target.host ?? '127.0.0.1');
    const link: Link = { client, upstream, dead: this.fault.kind === 'black-hole' };
    this.links.add(link);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.links.delete(link);
        breakLink(link);
      });
    }
    client.on('data', (chunk) => {
      if (!link.dead) upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => this.reply(link, chunk));
  }

  private reply(link: Link, chunk: Buffer): void {
    const { fault } = this;
    if (link.dead) return;
    if (fault.kind === 'latency') {
      setTimeout(() => link.client.write(chunk), fault.ms);
    } else if (fault.kind === 'cut-reply' && fault.when(chunk)) {
      this.fault = { kind: 'pass' };
      this.cuts += 1;
      breakLink(link);
    } else {
      link.client.write(chunk);
    }
  }
}

function breakLink({ client, upstream }: Link): void {
  for (const socket of [client, upstream]) if (!socket.destroyed) socket.resetAndDestroy();
}
