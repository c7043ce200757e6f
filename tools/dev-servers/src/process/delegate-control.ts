import type { ServerControl } from './server-process.js';

/** The handles of `server` as an object that more can be added to; `afterStop` runs after an orderly stop. */
export function delegateControl(server: ServerControl, afterStop: () => Promise<void>): ServerControl {
  return {
    get pid() {
      return server.pid;
    },
    kill: (signal) => server.kill(signal),
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    restart: () => server.restart(),
    stop: async () => {
      await server.stop();
      await afterStop();
    },
  };
}
