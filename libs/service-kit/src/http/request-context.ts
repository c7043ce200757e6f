import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { traceparentOf } from './trace-context.js';

/** What every request carries along. */
export interface RequestContext {
  readonly requestId: string;
  /** W3C trace context, when the client sent one. */
  readonly traceparent?: string;
  /** Ends the waiting for a service behind this one. */
  readonly signal?: AbortSignal;
  /** Whether the client is still there. */
  readonly isWanted?: () => boolean;
}

function contextOf({ id, headers, socket }: FastifyRequest): RequestContext {
  const traceparent = traceparentOf(headers.traceparent);
  return {
    requestId: id,
    ...(traceparent === undefined ? {} : { traceparent }),
    isWanted: () => !socket.destroyed,
  };
}

/** The {@link RequestContext} as a parameter of an endpoint. */
export const Context = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  contextOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
