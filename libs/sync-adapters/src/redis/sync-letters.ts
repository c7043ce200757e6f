import { DeadLetters, type DeadLettersOptions } from '@redis-mongo-sync/redis-streams';
import { EVENT_FIELD, peekEvent, type Direction } from '@redis-mongo-sync/sync-core';
import { inFlightField, KEYS } from './keys.js';
import { withRedisErrors } from './redis-errors.js';
import { SCRIPTS } from './scripts.js';

/**
 * The dead letters of a direction. One that is replayed enters the stream once more, and the ledger counts it once more;
 * one that is discarded leaves nothing in flight.
 */
export class SyncLetters extends DeadLetters {
  constructor(
    private readonly direction: Direction,
    private readonly own: Pick<DeadLettersOptions, 'commands' | 'secretFields'>,
  ) {
    const replayCounter = { key: KEYS.ledger(direction), field: 'captured' };
    super({ ...own, stream: KEYS.stream(direction), replayCounter });
  }

  override async discard(letterId: string): Promise<boolean> {
    const letter = await this.get(letterId);
    if (!letter) return false;
    const event = peekEvent(letter.fields[EVENT_FIELD] ?? '');
    if (!event) return super.discard(letterId);
    const keys = [KEYS.deadLetters(this.direction), KEYS.inFlight(this.direction)];
    const args = [letterId, inFlightField(event.entity, event.key), String(event.version)];
    return withRedisErrors(() => SCRIPTS.discardLetter.run(this.own.commands, keys, args));
  }
}
