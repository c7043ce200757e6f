import type { HandledFact, MessagingObserver } from '@redis-mongo-sync/redis-streams';
import { Injectable, Logger } from '@nestjs/common';

export const PROCESSING_OUTCOMES = ['handled', 'retried', 'deadLettered'] as const;
type ProcessingOutcome = (typeof PROCESSING_OUTCOMES)[number];

interface ProcessingCounts extends Readonly<Record<ProcessingOutcome, number>> {
  readonly stream: string;
  readonly group: string;
}

type Trouble = Parameters<NonNullable<MessagingObserver['trouble']>>[0];

/** Waiting for a store ends by itself; everything else is for a person to look at. */
const PASSING: ReadonlySet<string> = new Set(['waiting', 'group-lost', 'lease']);

/** Hears what becomes of entries in this process's groups: counts it for the metrics, and logs what went wrong. */
@Injectable()
export class ProcessingObserver implements MessagingObserver {
  private readonly logger = new Logger('Events');
  private readonly counts = new Map<string, Record<ProcessingOutcome, number>>();

  snapshots(): readonly ProcessingCounts[] {
    return [...this.counts].map(([place, counts]) => {
      const [stream = '', group = ''] = place.split(' ');
      return { stream, group, ...counts };
    });
  }

  processed(fact: HandledFact): void {
    this.add(fact, 'handled');
  }

  failed(fact: HandledFact & { readonly willRetry: boolean }): void {
    if (fact.willRetry) this.add(fact, 'retried');
  }

  deadLettered(fact: HandledFact & { readonly error: unknown; readonly letterId: string }): void {
    this.add(fact, 'deadLettered');
    const { stream, group, letterId, error } = fact;
    this.logger.error(
      `${group} on ${stream}: an entry is a dead letter now, as ${letterId}: ${String(error)}`,
    );
  }

  trouble({ stream, group, kind, error }: Trouble): void {
    const line = `${group} on ${stream}: ${kind}: ${String(error)}`;
    if (PASSING.has(kind)) this.logger.warn(line);
    else this.logger.error(line);
  }

  private add({ stream, group }: HandledFact, outcome: ProcessingOutcome): void {
    const place = `${stream} ${group}`; // neither name can have a blank
    const counts = this.counts.get(place) ?? { handled: 0, retried: 0, deadLettered: 0 };
    counts[outcome] += 1;
    this.counts.set(place, counts);
  }
}
