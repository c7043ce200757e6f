import { HttpProblem } from '@redis-mongo-sync/service-kit';
import { USERS, type EntityDefinition } from '@redis-mongo-sync/sync-core';

/** How answers speak of the records of an entity. */
export interface RecordTerms {
  /** One record, e.g. `user`. */
  readonly noun: string;
  readonly notFound: HttpProblem;
  readonly keyTaken: HttpProblem;
  readonly keyChangeUnsupported: HttpProblem;
}

const ANY_RECORD: RecordTerms = {
  noun: 'record',
  notFound: HttpProblem.NotFound,
  keyTaken: HttpProblem.Conflict,
  keyChangeUnsupported: HttpProblem.Conflict,
};

/** Entities whose problems have codes of their own. */
const TERMS: Readonly<Record<string, RecordTerms>> = {
  [USERS.name]: {
    noun: 'user',
    notFound: HttpProblem.UserNotFound,
    keyTaken: HttpProblem.EmailTaken,
    keyChangeUnsupported: HttpProblem.EmailChangeUnsupported,
  },
};

export function termsOf({ name }: EntityDefinition): RecordTerms {
  return (Object.hasOwn(TERMS, name) ? TERMS[name] : undefined) ?? ANY_RECORD;
}
