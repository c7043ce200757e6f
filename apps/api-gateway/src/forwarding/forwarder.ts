import { REQUEST_ID_HEADER } from '@redis-mongo-sync/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { passingHeaders } from './passing-headers.js';
import type { ForwardedAnswer, ServiceClient } from './service-client.js';

/** A stream of events has a heartbeat every 15 s; a service that is silent for this long is dead. */
const SILENCE_MS = 45_000;

const EVENT_STREAM = /^text\/event-stream\b/i;

/**
 * Passes requests on to a service as they come, and its answers back as they come: status, headers, and the body piece
 * by piece. A client that leaves closes the connection behind at once; one that does not take its answer holds up only
 * that.
 */
export class Forwarder {
  /** Answers that never end by themselves. */
  private readonly endless = new Set<FastifyReply>();
  private stopping = false;

  constructor(private readonly client: ServiceClient) {}

  /** @throws ProblemError `ServiceUnavailable` when there is no answer */
  async forward(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const { 'content-length': _length, ...headers } = passingHeaders(request.headers);
    const body = request.body as Buffer | undefined;
    const answer = await this.client.forward({
      method: request.method,
      path: request.raw.url ?? request.url,
      headers: { ...headers, [REQUEST_ID_HEADER]: request.id },
      body: body === undefined || body.length === 0 ? null : body,
      signal: gone.signal,
      silenceMs: SILENCE_MS,
    });
    if (EVENT_STREAM.test(String(answer.headers['content-type']))) this.keepOpen(reply, answer);
    return reply.code(answer.status).headers(passingHeaders(answer.headers)).send(answer.body);
  }

  /** Ends what does not end by itself, so that the server can close. */
  stop(): void {
    this.stopping = true;
    for (const { raw } of this.endless) raw.end();
  }

  private keepOpen(reply: FastifyReply, { body }: ForwardedAnswer): void {
    this.endless.add(reply);
    reply.raw.once('close', () => this.endless.delete(reply));
    // Neither the idle time-out of the server nor the gathering of small pieces may come between.
    reply.raw.socket?.setTimeout(0);
    reply.raw.socket?.setNoDelay(true);
    if (this.stopping) body.destroy();
  }
}
