import {
  EnumField,
  HttpProblem,
  IntegerField,
  PatternField,
  RequestDto,
} from '@redis-mongo-sync/service-kit';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS } from '@redis-mongo-sync/sync-core';

const MAX_LIMIT = 500;
const LETTER_ID = {
  pattern: /^\d{1,20}-\d{1,20}$/,
  message: 'must be the id of a dead letter',
  example: '1807500000000-0',
};

/** Path of the dead letters of a stream. */
@RequestDto({ problem: HttpProblem.NotFound })
export class StreamPath {
  @EnumField(DIRECTIONS.map((direction) => KEYS.stream(direction)))
  stream!: string;
}

/** Path of one dead letter. */
export class LetterPath extends StreamPath {
  @PatternField({ ...LETTER_ID, description: '`letterId`' })
  id!: string;
}

export class LettersQuery {
  @IntegerField({ min: 1, max: MAX_LIMIT })
  limit = 50;

  @PatternField({ ...LETTER_ID, optional: true, description: '`next` of the page before.' })
  after?: string;
}

export class ReplayQuery {
  @IntegerField({ min: 1, max: MAX_LIMIT })
  limit = 100;
}
