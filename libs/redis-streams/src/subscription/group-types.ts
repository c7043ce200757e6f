import type { Redis } from 'ioredis';
import type { Clock } from '../clock.js';
import { defineScript } from '../lua-script.js';
import { takes } from './routes.js';

interface GroupTypesOptions {
  readonly commands: Redis;
  readonly key: string;
  /** Those of this process; see `Routes.types`. */
  readonly types: string;
  readonly clock: Clock;
  /** Other processes of the group handle other types. Called once for each change. */
  readonly onConflict: (others: readonly string[]) => void;
}

/** Siblings: whatever another process of the group, alive within the hour, has a handler for. */
export interface Siblings {
  /** Those of `types` that a sibling takes. */
  wanted(types: readonly string[]): Promise<ReadonlySet<string>>;
}

const NOTE_EVERY_MS = 60_000;
/** Longer than a restart: what a process wants that is just being replaced is not acknowledged meanwhile. */
const KEPT_MS = 3_600_000;

const noteScript = defineScript<readonly string[]>({
  name: 'messaging.note-types',
  file: new URL('../lua/note-types.lua', import.meta.url),
  numberOfKeys: 1,
});

/**
 * Two processes of one group that handle different types would each acknowledge what the other one wants, and no error
 * would tell. Each notes its types in Redis, and asks before it drops an event that it has no handler for.
 */
export class GroupTypes implements Siblings {
  private told = '';
  private cancel: () => void = () => undefined;

  constructor(private readonly it: GroupTypesOptions) {}

  /** Notes the types, now and each minute until `stop()`. */
  async start(): Promise<void> {
    await this.note();
    this.schedule();
  }

  stop(): void {
    this.cancel();
  }

  async wanted(types: readonly string[]): Promise<ReadonlySet<string>> {
    const noted = await this.it.commands.hkeys(this.it.key);
    const others = noted.filter((one) => one !== this.it.types);
    return new Set(types.filter((type) => others.some((other) => takes(other, type))));
  }

  private async note(): Promise<void> {
    const { commands, key, types, onConflict } = this.it;
    const others = await noteScript.run(commands, [key], [types, KEPT_MS]);
    const told = others.join(' ');
    if (told !== this.told && told !== '') onConflict(others);
    this.told = told;
  }

  private schedule(): void {
    this.cancel = this.it.clock.after(NOTE_EVERY_MS, () => {
      this.schedule();
      void this.note().catch(() => undefined); // an outage: the next one tells
    });
  }
}
