import { commandError } from '../errors.js';
import { assertAdmin } from './collections.js';
import { reply, type CommandDefinition } from './context.js';

export const configureFailPoint: CommandDefinition = {
  fields: ['mode', 'data'],
  run(ctx) {
    assertAdmin(ctx);
    const { configureFailPoint: name, mode, data } = ctx.command;
    if (typeof name !== 'string') throw commandError(14, 'a fail point is named by a string');
    ctx.node.failPoints.configure(name, mode, data);
    return reply({ count: 0 });
  },
};
