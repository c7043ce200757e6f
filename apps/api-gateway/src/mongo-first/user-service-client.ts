import type { RequestContext } from '@redis-mongo-sync/service-kit';
import {
  ServiceClient,
  type ServiceAnswer,
  type ServiceClientOptions,
  type ServiceRequest,
} from '../forwarding/service-client.js';

export type UserServiceRequest = ServiceRequest;
export type UserServiceAnswer = ServiceAnswer;

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
