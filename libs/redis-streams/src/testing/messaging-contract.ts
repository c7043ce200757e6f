import type { StreamDefinition } from '../envelope/stream-catalog.js';
import {
  ContractWorld,
  PARTITIONED,
  type ContractBus,
  type ContractTools,
} from './contract/contract-world.js';
import { failuresContract } from './contract/failures-contract.js';
import { handlingContract } from './contract/handling-contract.js';
import { publishingContract } from './contract/publishing-contract.js';
import { replayContract } from './contract/replay-contract.js';

export type { ContractBus, ContractTools } from './contract/contract-world.js';

export const CONTRACT_STREAMS: Readonly<Record<string, StreamDefinition>> = {
  [PARTITIONED]: { partitions: 4 },
};

/** What every message bus must do. `makeBus` gives an empty one with `CONTRACT_STREAMS`; it is closed here. */
export function messagingContract(
  name: string,
  makeBus: () => Promise<ContractBus>,
  tools: ContractTools,
): void {
  tools.describe(`message bus: ${name}`, () => {
    const world = new ContractWorld(makeBus);
    tools.beforeEach(() => world.begin());
    tools.afterEach(() => world.end());
    publishingContract(world, tools);
    handlingContract(world, tools);
    failuresContract(world, tools);
    replayContract(world, tools);
  });
}
