import { testcontainers } from './testcontainers.js';

/** Why testcontainers would find no Docker engine, for a person; undefined when one answers. */
export async function dockerUnavailableReason(): Promise<string | undefined> {
  try {
    const { getContainerRuntimeClient } = await testcontainers();
    await getContainerRuntimeClient();
    return undefined;
  } catch (error) {
    return `no Docker engine answers (${error instanceof Error ? error.message : String(error)}).`;
  }
}
