import { HttpProblem } from '@redis-mongo-sync/service-kit';
import {
  answer,
  BODY_PROBLEMS,
  DocumentEndpoint,
  etag,
  header,
  INPUT_PROBLEMS,
  NOT_MODIFIED,
  type Headers,
} from './answer-docs.js';
import { EXAMPLE_EMAIL, EXAMPLE_VERSION, USER_EXAMPLE } from './examples.js';
import { User, UserPage } from './user-view.js';

/** The gateway follows the sync (`Sync-Status`, 202); the user service behind it does not. */
export interface UsersDocs {
  readonly followsSync: boolean;
}

const GATEWAY: UsersDocs = { followsSync: true };

const POSITION: Headers = {
  'Sync-Position': header(
    'The version. As `?after=` of a read on the other side, it waits for this change.',
    `${EXAMPLE_VERSION}`,
  ),
};
const SYNC: Headers = {
  'Sync-Status': header('`synced`, `pending`, or `delayed; <store> unavailable`.', 'pending'),
  ...POSITION,
};

const user = (status: number, description: string, headers: Headers) =>
  answer({
    status,
    description,
    type: User,
    example: USER_EXAMPLE,
    headers: {
      ETag: etag,
      Location: header('Where the user is.', `/mongo-first/users/${EXAMPLE_EMAIL}`),
      ...headers,
    },
  });

/** What a write answers beside its problems. */
const written = ({ followsSync }: UsersDocs, ...answers: (readonly [number, string])[]) => [
  ...answers.map(([status, description]) => user(status, description, followsSync ? SYNC : POSITION)),
  ...(followsSync ? [user(202, 'Written here, but not in the other store within `timeoutMs`.', SYNC)] : []),
];

const storesOf = ({ followsSync }: UsersDocs) =>
  followsSync
    ? [HttpProblem.StoreUnavailable, HttpProblem.ServiceUnavailable]
    : [HttpProblem.StoreUnavailable];

export const DocumentList = (docs = GATEWAY) =>
  DocumentEndpoint({
    summary: 'List the users of this store',
    description: 'In the order of their e-mails.',
    answers: [answer({ status: 200, description: 'One page.', type: UserPage })],
    problems: [HttpProblem.InvalidQuery, ...storesOf(docs)],
  });

const READ_YOUR_WRITES =
  'With `after`, waits until this store has that version: read your own writes across the stores.';

export const DocumentRead = (docs = GATEWAY) =>
  DocumentEndpoint({
    summary: 'Read a user from this store',
    ...(docs.followsSync ? { description: READ_YOUR_WRITES } : {}),
    answers: [user(200, 'The user.', POSITION), NOT_MODIFIED],
    problems: [
      ...INPUT_PROBLEMS,
      HttpProblem.InvalidEmail,
      HttpProblem.UserNotFound,
      HttpProblem.PreconditionFailed,
      ...(docs.followsSync ? [HttpProblem.NotYetSynced] : []),
      ...storesOf(docs),
    ],
  });

export const DocumentUpsert = (docs = GATEWAY) =>
  DocumentEndpoint({
    summary: 'Create a user, or merge into it',
    description:
      'Given top-level fields replace those of the user, the others are kept. `null` is stored as null.',
    answers: written(docs, [201, 'Created.'], [200, 'Merged.']),
    problems: [...INPUT_PROBLEMS, ...BODY_PROBLEMS, HttpProblem.PreconditionFailed, ...storesOf(docs)],
  });

export const DocumentReplace = (docs = GATEWAY) =>
  DocumentEndpoint({
    summary: 'Replace the profile of a user, creating it if need be',
    description: 'What the product keeps for itself (wallet, credentials) stays.',
    answers: written(docs, [200, 'Replaced.'], [201, 'Created.']),
    problems: [...PATH_WRITE, ...storesOf(docs)],
  });

export const DocumentMerge = (docs = GATEWAY) =>
  DocumentEndpoint({
    summary: 'Merge top-level fields into a user',
    description: '`null` removes a field; `name` cannot be removed. Another `email` changes the e-mail.',
    answers: written(docs, [200, 'Merged.']),
    problems: [...PATH_WRITE, ...storesOf(docs)],
  });

const PATH_WRITE = [
  ...INPUT_PROBLEMS,
  ...BODY_PROBLEMS,
  HttpProblem.InvalidEmail,
  HttpProblem.UserNotFound,
  HttpProblem.EmailTaken,
  HttpProblem.EmailChangeUnsupported,
  HttpProblem.PreconditionFailed,
];

export const DocumentRemove = (docs = GATEWAY) => {
  const headers = docs.followsSync ? SYNC : POSITION;
  const accepted = { status: 202, description: 'Deleted here, but not yet in the other store.', headers };
  return DocumentEndpoint({
    summary: 'Delete a user',
    description: 'Deleting what is not there is 204 as well.',
    answers: [
      answer({ status: 204, description: 'There is no such user any more.', headers }),
      ...(docs.followsSync ? [answer(accepted)] : []),
    ],
    problems: [
      ...INPUT_PROBLEMS,
      HttpProblem.InvalidEmail,
      HttpProblem.PreconditionFailed,
      ...storesOf(docs),
    ],
  });
};
