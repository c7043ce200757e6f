import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Answer } from './answer.js';

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

/** Sends what endpoints return as {@link Answer}. Other values are Nest's to send. */
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((value: unknown) => {
        if (!(value instanceof Answer)) return value;
        const { status, headers, body } = value;
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        void reply.code(status).headers(headers);
        if (typeof body === 'string' && !reply.hasHeader('content-type')) void reply.type(JSON_CONTENT_TYPE);
        return body ?? undefined;
      }),
    );
  }
}
