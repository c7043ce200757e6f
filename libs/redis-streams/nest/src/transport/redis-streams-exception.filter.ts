import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/**
 * Hands exceptions to the transport as they are. Nest's own filter replaces any but `RpcException` by
 * "Internal server error": then an outage can't be told from a mistake, and dead letters don't tell why.
 */
@Catch()
export class RedisStreamsExceptionFilter implements RpcExceptionFilter {
  catch(exception: Error): Observable<never> {
    return throwError(() => exception);
  }
}
