import type { ResolvedConsumerOptions } from './consumer-options.js';
import { OwnerFailure } from './interruption.js';
import { isError } from '../is-error.js';

type GroupOptions = Pick<ResolvedConsumerOptions, 'commands' | 'stream' | 'group' | 'startId' | 'classify'>;

type EnsureOutcome = { readonly kind: 'exists' } | { readonly kind: 'created'; readonly startId: string };

/** Makes sure that stream and group exist; a success is remembered until `forget()`, a failure never. */
export class ConsumerGroup {
  private known = false;

  constructor(private readonly options: GroupOptions) {}

  async ensure(): Promise<EnsureOutcome> {
    if (this.known) return { kind: 'exists' };
    const { commands, stream, group } = this.options;
    const startId = await this.startId();
    try {
      await commands.xgroup('CREATE', stream, group, startId, 'MKSTREAM');
    } catch (error) {
      if (!(isError(error) && error.message.startsWith('BUSYGROUP'))) throw error;
      this.known = true;
      return { kind: 'exists' };
    }
    this.known = true;
    return { kind: 'created', startId };
  }

  /** The group is known to be gone. */
  forget(): void {
    this.known = false;
  }

  private async startId(): Promise<string> {
    const { startId, classify } = this.options;
    let id: string;
    try {
      id = await startId();
    } catch (error) {
      throw new OwnerFailure(classify(error) === 'fatal' ? 'fatal' : 'transient', 'redis', error);
    }
    if (/^\d+(-\d+)?$/.test(id)) return id;
    // `$` above all: it would skip every entry that is in the stream already.
    throw new OwnerFailure('fatal', 'redis', new RangeError(`startId must be an entry id or 0, got "${id}"`));
  }
}
