import type { RequestContext } from '@redis-mongo-sync/service-kit';
import { ServiceClient, type ServiceClientOptions } from '../forwarding/service-client.js';

const CONNECTIONS = 128;

/** HTTP to the user service. */
export class UserServiceClient extends ServiceClient {
  constructor(where: Pick<ServiceClientOptions, 'url' | 'timeoutMs'>) {
    super({ ...where, service: 'user-service', store: 'mongo', connections: CONNECTIONS });
  }

  /** What the user service says of MongoDB. @throws ProblemError when it does not answer itself */
  async mongoHealth(context: RequestContext): Promise<'up' | 'down'> {
    const { status } = await this.send({ method: 'GET', path: '/users/health' }, context);
    return status === 200 ? 'up' : 'down';
  }
}
