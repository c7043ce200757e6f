import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Exactly what goes over the wire: no client library makes it well-formed on the way. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | null;
}

export interface RawResponse {
  readonly status: number;
  /** Names in lower case; repeated ones joined with `, `. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** The server closed the connection without an answer. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

const CRLF = '\r\n';
const ANSWER_DEADLINE_MS = 40_000;

export function bytesOf({ method, target, headers, body }: RawRequest): Buffer {
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  const head = Buffer.from(lines.join(CRLF) + CRLF + CRLF, 'utf8');
  return body ? Buffer.concat([head, body]) : head;
}

/** One connection at a time, kept while the server keeps it. */
export class RawClient {
  private connection: Connection | undefined;

  constructor(private readonly port: number) {}

  /** @throws NoAnswerError when the connection ends first */
  async ask(request: RawRequest): Promise<RawResponse> {
    if (this.connection?.ended) this.close();
    this.connection ??= await Connection.open(this.port);
    try {
      const response = await this.connection.ask(request);
      // What follows an early refusal cannot be told from garbage that the server takes for a next request.
      if (
        response.headers.get('connection') === 'close' ||
        response.status >= 400 ||
        isEndless(response.headers)
      )
        this.close();
      return response;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.connection?.close();
    this.connection = undefined;
  }
}

class Connection {
  ended = false;
  private received: Buffer = Buffer.alloc(0);

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      socket.emit('progress');
    });
    for (const event of ['end', 'close', 'error'] as const) {
      socket.on(event, () => {
        this.ended = true;
        socket.emit('progress');
      });
    }
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  async ask(request: RawRequest): Promise<RawResponse> {
    this.socket.write(bytesOf(request));
    const signal = AbortSignal.timeout(ANSWER_DEADLINE_MS);
    for (;;) {
      const parsed = parseResponse(this.received, request.method === 'HEAD');
      if (parsed) {
        this.received = this.received.subarray(parsed.length);
        return parsed.response;
      }
      if (this.ended) throw new NoAnswerError('the connection ended without an answer');
      await once(this.socket, 'progress', { signal });
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

/** The first whole response of the bytes; undefined while it is not complete. */
export function parseResponse(
  bytes: Buffer,
  headOnly: boolean,
): { response: RawResponse; length: number } | undefined {
  const headEnd = bytes.indexOf(CRLF + CRLF);
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split(CRLF);
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const before = headers.get(name);
    const value = line.slice(colon + 1).trim();
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  const start = headEnd + 4;
  if (status < 200) {
    const rest = parseResponse(bytes.subarray(start), headOnly);
    return rest && { response: rest.response, length: start + rest.length };
  }
  const body =
    headOnly || isEndless(headers) || status === 204 || status === 304
      ? whole(0)
      : bodyOf(bytes.subarray(start), headers);
  if (!body) return undefined;
  return { response: { status, headers, body: body.body }, length: start + body.length };
}

/** Server-sent events: the head is all that can be waited for. */
const isEndless = (headers: ReadonlyMap<string, string>) =>
  headers.get('content-type')?.startsWith('text/event-stream') ?? false;

const whole = (length: number) => ({ body: Buffer.alloc(0), length });

function bodyOf(
  bytes: Buffer,
  headers: ReadonlyMap<string, string>,
): { body: Buffer; length: number } | undefined {
  if (headers.get('transfer-encoding') === 'chunked') return dechunk(bytes);
  const length = Number(headers.get('content-length') ?? 0);
  return bytes.length < length ? undefined : { body: Buffer.from(bytes.subarray(0, length)), length };
}

function dechunk(bytes: Buffer): { body: Buffer; length: number } | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf(CRLF, at);
    if (lineEnd < 0) return undefined;
    const size = parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), length: next };
    parts.push(Buffer.from(bytes.subarray(lineEnd + 2, lineEnd + 2 + size)));
    at = next;
  }
}
