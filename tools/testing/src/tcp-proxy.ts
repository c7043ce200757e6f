import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Link {
  readonly client: Socket;
  readonly upstream: Socket;
  /** A link that has been in a black hole is dead for good, like a connection whose peer vanished. */
  dead: boolean;
  /** Replies that are let through drop by drop, while there are any. */
  trickle: Trickle | undefined;
  /** Replies that are delayed, in order. */
  readonly late: { readonly chunk: Buffer; readonly due: number }[];
}

interface Trickle {
  readonly waiting: Buffer[];
  readonly timer: NodeJS.Timeout;
}

type Fault =
  | { readonly kind: 'pass' }
  | { readonly kind: 'black-hole' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'trickle'; readonly bytes: number; readonly everyMs: number }
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
    private target: { readonly host?: string; readonly port: number },
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

  /** Replies come drop by drop: `bytes` of each connection every `everyMs`. */
  trickle(bytes: number, everyMs: number): void {
    this.fault = { kind: 'trickle', bytes, everyMs };
  }

  /** The peer of every present connection is gone without the client being told; new connections work. */
  halfOpen(): void {
    for (const link of this.links) {
      link.dead = true;
      link.upstream.destroy();
    }
  }

  /** From now on clients reach another server. Present connections are reset. */
  retarget(target: { readonly host?: string; readonly port: number }): void {
    this.target = target;
    this.reset();
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
    const link: Link = {
      client,
      upstream,
      dead: this.fault.kind === 'black-hole',
      trickle: undefined,
      late: [],
    };
    this.links.add(link);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        // Behind a dead link the client does not learn that its peer is gone.
        if (link.dead && socket === upstream) return;
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
    if (link.trickle) {
      this.drip(link, chunk);
    } else if (link.late.length > 0 || fault.kind === 'latency') {
      this.delay(link, chunk);
    } else if (fault.kind === 'trickle') {
      this.drip(link, chunk);
    } else if (fault.kind === 'cut-reply' && fault.when(chunk)) {
      this.fault = { kind: 'pass' };
      this.cuts += 1;
      breakLink(link);
    } else {
      link.client.write(chunk);
    }
  }

  /** Order is kept: what comes while replies are delayed waits behind them, also after the fault has ended. */
  private delay(link: Link, chunk: Buffer): void {
    const ms = this.fault.kind === 'latency' ? this.fault.ms : 0;
    const due = Math.max(performance.now() + ms, link.late.at(-1)?.due ?? 0);
    if (link.late.push({ chunk, due }) === 1) setTimeout(() => this.deliver(link), ms);
  }

  private deliver(link: Link): void {
    const now = performance.now();
    const count = link.late.findIndex(({ due }) => due > now);
    for (const { chunk } of link.late.splice(0, count === -1 ? link.late.length : count))
      if (!link.dead && !link.client.destroyed) link.client.write(chunk);
    const [next] = link.late;
    if (next) setTimeout(() => this.deliver(link), Math.ceil(next.due - now));
  }

  /** Order is kept: what comes while drops are waiting queues behind them, also after the fault has ended. */
  private drip(link: Link, chunk: Buffer): void {
    if (!link.trickle) {
      const everyMs = this.fault.kind === 'trickle' ? this.fault.everyMs : 0;
      link.trickle = { waiting: [], timer: setInterval(() => this.drop(link), everyMs) };
    }
    link.trickle.waiting.push(chunk);
  }

  private drop(link: Link): void {
    const { trickle } = link;
    if (!trickle || link.dead) return;
    const waiting = Buffer.concat(trickle.waiting.splice(0));
    const bytes = this.fault.kind === 'trickle' ? this.fault.bytes : waiting.length;
    link.client.write(waiting.subarray(0, bytes));
    if (bytes < waiting.length) trickle.waiting.push(waiting.subarray(bytes));
    else {
      clearInterval(trickle.timer);
      link.trickle = undefined;
    }
  }
}

/**
 * A socket that has ended is only destroyed: Node 20 loses a handle that is reset while it shuts down, and then spins
 * for ever when the process ends.
 */
function breakLink({ client, upstream, trickle }: Link): void {
  clearInterval(trickle?.timer);
  for (const socket of [client, upstream]) {
    if (socket.writableEnded) socket.destroy();
    else if (!socket.destroyed) socket.resetAndDestroy();
  }
}
