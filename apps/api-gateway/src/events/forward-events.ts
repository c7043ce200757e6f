import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EventsForwarder } from './events-forwarder.js';

/**
 * Forwards everything below /api/events to the event service. Bodies are read – as many bytes as the gateway reads of
 * any – but not looked into: what is right is decided in one place.
 */
export function forwardEvents(app: NestFastifyApplication): void {
  const forwarder = app.get(EventsForwarder);
  void app
    .getHttpAdapter()
    .getInstance()
    .register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
      scope.all('/api/events/*', (request, reply) => forwarder.forward(request, reply));
      done();
    });
}
