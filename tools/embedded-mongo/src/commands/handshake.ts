import { isDocument, type Document } from '../values/index.js';
import { reply, type CommandContext, type CommandDefinition } from './context.js';

const FIELDS = [
  'helloOk',
  'client',
  'compression',
  'topologyVersion',
  'maxAwaitTimeMS',
  'backpressure',
  'loadBalanced',
  'saslSupportedMechs',
  'speculativeAuthenticate',
];

export const hello: CommandDefinition = { fields: FIELDS, run: (ctx) => reply(describe(ctx)) };

/** The name of old: drivers use it for their first message. */
export const isMaster: CommandDefinition = {
  fields: FIELDS,
  run(ctx) {
    const { isWritablePrimary, ...rest } = describe(ctx);
    return reply({ ismaster: isWritablePrimary, ...rest });
  },
};

function describe(ctx: CommandContext): Document {
  const { client } = ctx.command;
  const application = isDocument(client) ? client.application : undefined;
  if (isDocument(application) && typeof application.name === 'string') {
    ctx.connection.appName = application.name;
  }
  return ctx.node.topology.hello(ctx.connection.id, ctx.node.store.clock.last);
}
