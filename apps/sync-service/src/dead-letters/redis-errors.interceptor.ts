import { withRedisErrors } from '@redis-mongo-sync/sync-adapters';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';

/** A Redis that is down is an outage of a store (503), not a fault of ours (500). */
@Injectable()
export class RedisErrorsInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(withRedisErrors(() => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}
