import type { PublishCall, PublishReply } from './publish-script.js';

interface Waiting {
  readonly call: PublishCall;
  readonly resolve: (reply: PublishReply) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_EVENTS = 200;
const MAX_CHARACTERS = 1024 * 1024;

/**
 * Sends what is published within one turn of the event loop as one script call per stream: the cost of a
 * call, not of an event, limits a client. Streams don't share calls, so that the trouble of one (a wrong
 * type) is not that of another.
 */
export class PublishQueue {
  private readonly waiting = new Map<string, Waiting[]>();
  private scheduled = false;

  constructor(private readonly send: (calls: readonly PublishCall[]) => Promise<readonly PublishReply[]>) {}

  add(call: PublishCall): Promise<PublishReply> {
    return new Promise((resolve, reject) => {
      const waiting = this.waiting.get(call.streamKey) ?? [];
      waiting.push({ call, resolve, reject });
      this.waiting.set(call.streamKey, waiting);
      if (this.scheduled) return;
      this.scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  private flush(): void {
    this.scheduled = false;
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const waiting of all) for (const part of partsOf(waiting)) void this.sendPart(part);
  }

  private async sendPart(part: readonly Waiting[]): Promise<void> {
    try {
      const replies = await this.send(part.map(({ call }) => call));
      part.forEach(({ resolve, reject }, index) => {
        const reply = replies[index];
        if (reply) resolve(reply);
        else reject(new Error('Redis answered for fewer events than were sent'));
      });
    } catch (error) {
      for (const { reject } of part) reject(error);
    }
  }
}

function partsOf(waiting: readonly Waiting[]): Waiting[][] {
  const parts: Waiting[][] = [];
  let size = Infinity;
  for (const one of waiting) {
    const own = one.call.json.length;
    const part = parts.at(-1);
    if (part && part.length < MAX_EVENTS && size + own <= MAX_CHARACTERS) {
      part.push(one);
      size += own;
    } else {
      parts.push([one]);
      size = own;
    }
  }
  return parts;
}
