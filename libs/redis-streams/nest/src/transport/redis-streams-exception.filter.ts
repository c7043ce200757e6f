import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/**
 * Hands exceptions to the transport as they are, those of requests too: whoever asked gets the message instead of
 * "Internal server error". For events the transport does so by itself.
 */
@Catch()
export class RedisStreamsExceptionFilter implements RpcExceptionFilter {
  catch(exception: Error): Observable<never> {
    return throwError(() => exception);
  }
}
