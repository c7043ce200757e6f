import type { Redis } from 'ioredis';
import { MessagingError } from '../envelope/messaging-error.js';
import type { StreamLayout } from '../envelope/stream-catalog.js';
import { defineScript } from '../lua-script.js';

const declareScript = defineScript<number>({
  name: 'messaging.declare-stream',
  file: new URL('../lua/declare-stream.lua', import.meta.url),
  numberOfKeys: 1,
});

/**
 * Two processes that disagree about the number of partitions would put the events of one key in two places.
 * The first one to use a stream notes its number in Redis; this asks once per stream and process.
 */
export class StreamDeclarations {
  private readonly asked = new Map<string, Promise<void>>();

  constructor(private readonly commands: Redis) {}

  /** @throws MessagingError STREAM_MISMATCH */
  confirm(layout: StreamLayout): Promise<void> {
    const known = this.asked.get(layout.name);
    if (known) return known;
    const asking = this.ask(layout);
    this.asked.set(layout.name, asking);
    asking.catch(() => this.asked.delete(layout.name));
    return asking;
  }

  private async ask({ name, metaKey, partitions }: StreamLayout): Promise<void> {
    const noted = await declareScript.run(this.commands, [metaKey], [partitions]);
    if (noted === partitions) return;
    throw new MessagingError(
      'STREAM_MISMATCH',
      `stream ${name} has ${noted} partitions, this process is configured for ${partitions}. ` +
        `Give it ${noted}, or drain the stream and delete it with ${metaKey}`,
    );
  }
}
