import type { ChangeEvent } from '../domain/change-event.js';
import { decideIntoMongo } from '../domain/decide-into-mongo.js';
import type { MongoImage } from '../domain/mongo-image.js';
import type { RecordResult } from '../ports/apply-targets.js';

/** What stands in the way of a Redis write that was not applied; `null`: nothing any more, it may be tried again. */
export function obstacleTo(write: ChangeEvent, image: MongoImage | undefined): RecordResult | null {
  const decision = decideIntoMongo(write, image ?? null);
  if (decision === 'apply' || !image) return null;
  return decision === 'same' ? { decision } : { decision, current: image };
}
