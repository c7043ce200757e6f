/** Publishes one event to the Redis of its argument and leaves without closing the bus: nothing may hold it. */
import { RedisMessageBus } from '../../src/bus/redis-message-bus.js';
import { connect } from '../../src/connections.js';

const commands = connect({ url: process.argv[2] ?? '', profile: 'commands' });
await new RedisMessageBus({ commands }).producer.publish('orders:events', { type: 'order.placed', data: 1 });
commands.disconnect();
