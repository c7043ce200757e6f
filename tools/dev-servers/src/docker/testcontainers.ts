/* As much of testcontainers as is used here. It is installed for development only, so its types are not imported. */

export interface StartedContainer {
  getId(): string;
  getName(): string;
  stop(options: { readonly remove: boolean; readonly removeVolumes: boolean }): Promise<unknown>;
}

export interface ContainerRecipe {
  withExposedPorts(port: { readonly container: number; readonly host: number }): this;
  withExtraHosts(hosts: readonly { readonly host: string; readonly ipAddress: string }[]): this;
  withCommand(command: readonly string[]): this;
  start(): Promise<StartedContainer>;
}

/** Of dockerode. */
export interface Container {
  kill(options: { readonly signal: string }): Promise<unknown>;
  wait(): Promise<unknown>;
  pause(): Promise<unknown>;
  unpause(): Promise<unknown>;
  restart(): Promise<unknown>;
  inspect(): Promise<{ readonly State: { readonly Pid: number } }>;
}

interface Testcontainers {
  readonly GenericContainer: new (image: string) => ContainerRecipe;
  readonly getContainerRuntimeClient: () => Promise<{
    readonly container: { getById(id: string): Container };
  }>;
}

const PACKAGE = ['testcontainers'].join(''); // not a literal: it need not be installed to compile

export function testcontainers(): Promise<Testcontainers> {
  return import(PACKAGE) as Promise<Testcontainers>;
}
