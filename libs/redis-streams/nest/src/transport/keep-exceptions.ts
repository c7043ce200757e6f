import type { ArgumentsHost } from '@nestjs/common';
import { BaseRpcExceptionFilter, RpcException } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import { RedisStreamsContext } from './redis-streams.context.js';

const KEPT = Symbol.for('redis-streams.keeps-exceptions');

/**
 * Lets the exceptions of event handlers come to the transport as they are. Nest's base filter, which ends every chain,
 * replaces all but `RpcException` by "Internal server error": an outage then looks like a mistake, and is dead-lettered
 * after four tries. A global filter would come too late where it is added after `connectMicroservice`, which is when
 * Nest builds the chains; so this changes the base filter, for the events of this transport only.
 */
export function keepExceptionsOfEvents(): void {
  const base = BaseRpcExceptionFilter.prototype as BaseRpcExceptionFilter & { [KEPT]?: true };
  if (base[KEPT]) return;
  base[KEPT] = true;
  const original = Reflect.get(base, 'catch');
  base.catch = function (
    this: BaseRpcExceptionFilter,
    exception: unknown,
    host: ArgumentsHost,
  ): Observable<unknown> {
    const context: unknown = host.switchToRpc().getContext();
    const ours = context instanceof RedisStreamsContext && context.isEvent;
    if (ours && !(exception instanceof RpcException)) return throwError(() => exception);
    return original.call(this, exception, host);
  };
}
