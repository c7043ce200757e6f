import {
  testcontainers,
  type Container,
  type ContainerRecipe,
  type StartedContainer,
} from './testcontainers.js';
import type { ServerControl } from '../process/server-process.js';
import { waitUntil } from '../process/wait-until.js';

const START_TIMEOUT_MS = 30_000;

/** A server in a container of its own, with the same handles as a process. Removed when this process ends (Ryuk). */
export class ServerContainer implements ServerControl {
  readonly #started: StartedContainer;
  readonly #ready: () => Promise<boolean>;
  #pid: number | undefined;

  private constructor(started: StartedContainer, ready: () => Promise<boolean>) {
    this.#started = started;
    this.#ready = ready;
  }

  static async start(container: ContainerRecipe, ready: () => Promise<boolean>): Promise<ServerContainer> {
    const server = new ServerContainer(await container.start(), ready);
    await server.#becomeReady();
    return server;
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const container = await this.#container();
    await container.kill({ signal });
    await container.wait();
    this.#pid = undefined;
  }

  async freeze(): Promise<void> {
    await (await this.#container()).pause();
  }

  async thaw(): Promise<void> {
    await (await this.#container()).unpause();
  }

  async restart(): Promise<void> {
    await (await this.#container()).restart();
    await this.#becomeReady();
  }

  async stop(): Promise<void> {
    await this.#started.stop({ remove: true, removeVolumes: true });
    this.#pid = undefined;
  }

  async #becomeReady(): Promise<void> {
    if (!(await waitUntil(this.#ready, { timeoutMs: START_TIMEOUT_MS, everyMs: 100 }))) {
      throw new Error(`${this.#started.getName()} was not ready after ${START_TIMEOUT_MS} ms.`);
    }
    this.#pid = (await (await this.#container()).inspect()).State.Pid;
  }

  async #container(): Promise<Container> {
    const { getContainerRuntimeClient } = await testcontainers();
    const runtime = await getContainerRuntimeClient();
    return runtime.container.getById(this.#started.getId());
  }
}
