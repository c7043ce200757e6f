import { describe, expect, it } from '@jest/globals';
import { RouteIndex } from './route-index.js';

describe('RouteIndex', () => {
  const routes = new RouteIndex();
  routes.add({ url: '/users', method: ['GET', 'HEAD'] });
  routes.add({ url: '/users', method: 'POST' });
  routes.add({ url: '/users/:email', method: 'PUT' });
  routes.add({ url: '/users/health.live', method: 'GET' });
  routes.add({ url: '/files/*', method: 'GET' });

  it.each([
    ['/users', ['GET', 'HEAD', 'POST']],
    ['/users/a@x.org', ['PUT']],
    ['/users/health.live', ['GET', 'PUT']],
    ['/users/healthxlive', ['PUT']],
    ['/users/', []],
    ['/users/a/b', []],
    ['/files/x', []],
    ['/', []],
  ])('%s has %j', (path, methods) => {
    expect(routes.methodsOf(path)).toEqual(methods);
  });
});
