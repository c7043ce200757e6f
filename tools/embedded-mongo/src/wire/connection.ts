import type { Socket } from 'node:net';
import { frameHeader, FrameReader, OP_MSG, OP_QUERY, OP_REPLY, ProtocolError, type Frame } from './frame.js';
import { decodeOpMsg, opMsgPrefix, type CommandMessage } from './op-msg.js';
import { decodeOpQuery, opReplyPrefix } from './op-query.js';
import { encodeReply, type Reply } from './reply.js';

/** What answers commands. No reply means that the connection was closed instead. */
export interface CommandServer {
  answer(connection: Connection, message: CommandMessage): Promise<Reply | undefined>;
  /** Set for a command that wants further replies as they come: the next one. */
  answerAgain(
    connection: Connection,
    message: CommandMessage,
  ): (() => Promise<Reply | undefined>) | undefined;
}

let requestIds = 0;

/** One client connection: commands are answered one after the other, in the order they came. */
export class Connection {
  /** From the handshake; fail points can be limited to it. */
  appName: string | undefined;
  private readonly reader = new FrameReader();
  private readonly closeListeners = new Set<() => void>();
  private busy = false;
  private opened = true;

  constructor(
    readonly id: number,
    private readonly socket: Socket,
    private readonly server: CommandServer,
    private readonly onTrouble: (error: unknown) => void,
  ) {
    socket.on('data', (chunk: Buffer) => {
      this.reader.push(chunk);
      if (!this.busy) void this.work();
    });
    socket.on('error', () => {
      socket.destroy();
    });
    socket.on('close', () => {
      this.opened = false;
      for (const listener of [...this.closeListeners]) listener();
    });
  }

  get isOpen(): boolean {
    return this.opened;
  }

  get remote(): string {
    return `${this.socket.remoteAddress ?? '?'}:${this.socket.remotePort ?? 0}`;
  }

  close(): void {
    this.opened = false;
    this.socket.destroy();
  }

  /** Calls back when the connection is closed, until the returned function is called. */
  onClose(listener: () => void): () => void {
    this.closeListeners.add(listener);
    return () => {
      this.closeListeners.delete(listener);
    };
  }

  private async work(): Promise<void> {
    this.busy = true;
    try {
      for (let frame = this.reader.next(); frame && this.opened; frame = this.reader.next())
        await this.handle(frame);
    } catch (error) {
      if (!(error instanceof ProtocolError)) this.onTrouble(error);
      this.close();
    }
    this.busy = false;
  }

  private async handle({ opCode, requestId, body }: Frame): Promise<void> {
    if (opCode === OP_QUERY) {
      const message = { command: decodeOpQuery(body), unacknowledged: false, exhaustAllowed: false };
      const reply = await this.server.answer(this, message);
      if (reply) this.send(OP_REPLY, requestId, [opReplyPrefix(), ...encodeReply(reply)]);
      return;
    }
    if (opCode !== OP_MSG) throw new ProtocolError(`op code ${opCode} is not supported`);
    const message = decodeOpMsg(body);
    const next = message.exhaustAllowed ? this.server.answerAgain(this, message) : undefined;
    if (next) return this.stream(requestId, next);
    const reply = await this.server.answer(this, message);
    if (reply && !message.unacknowledged)
      this.send(OP_MSG, requestId, [opMsgPrefix(false), ...encodeReply(reply)]);
  }

  /** Replies without further requests, each in answer to the one before, until the client goes away. */
  private async stream(requestId: number, next: () => Promise<Reply | undefined>): Promise<void> {
    let responseTo = requestId;
    while (this.opened) {
      const reply = await next();
      if (!reply) return;
      responseTo = this.send(OP_MSG, responseTo, [opMsgPrefix(true), ...encodeReply(reply)]);
    }
  }

  private send(opCode: number, responseTo: number, parts: readonly Uint8Array[]): number {
    requestIds = (requestIds + 1) & 0x7fffffff;
    if (!this.opened) return requestIds;
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    const header = frameHeader(opCode, { requestId: requestIds, responseTo }, bytes);
    this.socket.write(Buffer.concat([header, ...parts]));
    return requestIds;
  }
}
