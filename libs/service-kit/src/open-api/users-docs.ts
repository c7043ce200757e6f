import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { HttpProblem } from '../problems/http-problem.js';
import { DEFAULT_WAIT_MS, MAX_WAIT_MS } from '../users-http/user-queries.js';
import { ApiProblems } from './api-problems.js';
import { DocumentPage } from './page-docs.js';
import { CREATE_EXAMPLE, EXAMPLE_EMAIL, EXAMPLE_VERSION, USER_EXAMPLE } from './user-schemas.js';

/*
 * The OpenAPI descriptions of the users' endpoints, kept out of the controllers so that they stay readable. The gateway follows the
 * sync (`waitFor`, `after`, `Sync-Status`); the user service behind it does not.
 */

export interface UsersDocs {
  readonly followsSync: boolean;
}

const GATEWAY: UsersDocs = { followsSync: true };

const ref = (schema: string) => ({ $ref: `#/components/schemas/${schema}` });
const etag = `"${EXAMPLE_VERSION}"`;

const EmailParam = () =>
  ApiParam({ name: 'email', description: 'E-mail of the user, percent-encoded.', example: EXAMPLE_EMAIL });

const IfMatch = () =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: `Only if the present version is this one, e.g. ${etag}; \`*\`: only if there is a user. Otherwise 412.`,
  });

const IfNoneMatch = (meaning: string) =>
  ApiHeader({ name: 'If-None-Match', required: false, description: meaning });

const WaitQueries = () =>
  applyDecorators(
    ApiQuery({
      name: 'waitFor',
      required: false,
      enum: ['synced'],
      description:
        'Answer when the other store has the change. If it has not in time: 202, and the change goes on.',
    }),
    TimeoutQuery(),
  );

const TimeoutQuery = () =>
  ApiQuery({
    name: 'timeoutMs',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: MAX_WAIT_MS, default: DEFAULT_WAIT_MS },
    description: 'How long to wait, in milliseconds.',
  });

const text = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const, example },
});

const POSITION = {
  'Sync-Position': text(
    'The version. As `?after=` of a read on the other side, it waits for this change.',
    `${EXAMPLE_VERSION}`,
  ),
};
const SYNC_HEADERS = {
  'Sync-Status': text('`synced`, `pending`, or `delayed; <store> unavailable`.', 'pending'),
  ...POSITION,
};
const USER_HEADERS = {
  ETag: text('The version, for `If-Match`.', etag),
  Location: text('Where the user is.', `/mongo-first/users/${EXAMPLE_EMAIL}`),
};

interface UserResponse {
  readonly status: 200 | 201 | 202;
  readonly description: string;
  readonly headers: Readonly<Record<string, ReturnType<typeof text>>>;
}

const User = ({ status, description, headers }: UserResponse) =>
  ApiResponse({
    status,
    description,
    headers: { ...USER_HEADERS, ...headers },
    content: { 'application/json': { schema: ref('User'), example: USER_EXAMPLE } },
  });

/** What a write answers beside its problems, and the parameters of waiting for the other store. */
const Written = ({ followsSync }: UsersDocs, ...answers: (readonly [200 | 201, string])[]) => {
  const headers = followsSync ? SYNC_HEADERS : POSITION;
  const accepted = { status: 202, description: ACCEPTED, headers } as const;
  return applyDecorators(
    ...answers.map(([status, description]) => User({ status, description, headers })),
    ...(followsSync ? [WaitQueries(), User(accepted)] : []),
  );
};

const ACCEPTED = 'Written here, but not in the other store within `timeoutMs`.';

const INPUT = [HttpProblem.InvalidQuery, HttpProblem.InvalidHeader];
const BODY = [
  HttpProblem.InvalidJson,
  HttpProblem.InvalidBody,
  HttpProblem.BodyTooLarge,
  HttpProblem.UnsupportedMediaType,
];
const EMAIL_CHANGE = [HttpProblem.EmailTaken, HttpProblem.EmailChangeUnsupported];
const storesOf = ({ followsSync }: UsersDocs) =>
  followsSync
    ? [HttpProblem.StoreUnavailable, HttpProblem.ServiceUnavailable]
    : [HttpProblem.StoreUnavailable];

export const DocumentList = (docs = GATEWAY): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'List the users of this store', description: 'In the order of their e-mails.' }),
    DocumentPage('UserPage'),
    ApiProblems(HttpProblem.InvalidQuery, ...storesOf(docs)),
  );

export const DocumentRead = (docs = GATEWAY): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Read a user from this store',
      ...(docs.followsSync ? { description: READ_YOUR_WRITES } : {}),
    }),
    EmailParam(),
    ...(docs.followsSync ? [AfterQuery(), TimeoutQuery()] : []),
    IfMatch(),
    IfNoneMatch(`304 if the present version is this one, e.g. ${etag}.`),
    User({ status: 200, description: 'The user.', headers: POSITION }),
    ApiResponse({ status: 304, description: 'The user has the version that `If-None-Match` names.' }),
    ApiProblems(
      ...INPUT,
      HttpProblem.InvalidEmail,
      HttpProblem.UserNotFound,
      HttpProblem.PreconditionFailed,
      ...(docs.followsSync ? [HttpProblem.NotYetSynced] : []),
      ...storesOf(docs),
    ),
  );

const READ_YOUR_WRITES =
  'With `after`, waits until this store has that version: read your own writes across the stores.';

const AfterQuery = () =>
  ApiQuery({
    name: 'after',
    required: false,
    schema: { type: 'integer', format: 'int64', minimum: 1 },
    description: '`Sync-Position` of a write.',
  });

export const DocumentUpsert = (docs = GATEWAY): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Create a user, or merge into it',
      description:
        'Given top-level fields replace those of the user, the others are kept. `null` is stored as null.',
    }),
    IfMatch(),
    IfNoneMatch('`*`: only if there is no user with this e-mail. Otherwise 412.'),
    ApiBody({ schema: ref('CreateUser'), examples: { user: { value: CREATE_EXAMPLE } } }),
    Written(docs, [201, 'Created.'], [200, 'Merged.']),
    ApiProblems(...INPUT, ...BODY, HttpProblem.PreconditionFailed, ...storesOf(docs)),
  );

export const DocumentReplace = (docs = GATEWAY): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Replace the profile of a user, creating it if need be',
      description: 'What the product keeps for itself (wallet, credentials) stays.',
    }),
    EmailParam(),
    IfMatch(),
    IfNoneMatch('`*`: only if there is no user with this e-mail. Otherwise 412.'),
    ApiBody({ schema: ref('ReplaceUser') }),
    Written(docs, [200, 'Replaced.'], [201, 'Created.']),
    ApiProblems(...PATH_WRITE, ...storesOf(docs)),
  );

export const DocumentMerge = (docs = GATEWAY): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Merge top-level fields into a user',
      description: '`null` removes a field; `name` cannot be removed. Another `email` changes the e-mail.',
    }),
    EmailParam(),
    IfMatch(),
    ApiBody({ schema: ref('MergeUser') }),
    Written(docs, [200, 'Merged.']),
    ApiProblems(...PATH_WRITE, ...storesOf(docs)),
  );

const PATH_WRITE = [
  ...INPUT,
  ...BODY,
  HttpProblem.InvalidEmail,
  HttpProblem.UserNotFound,
  ...EMAIL_CHANGE,
  HttpProblem.PreconditionFailed,
];

export const DocumentRemove = (docs = GATEWAY): MethodDecorator => {
  const headers = docs.followsSync ? SYNC_HEADERS : POSITION;
  const accepted = 'Deleted here, but not yet in the other store.';
  return applyDecorators(
    ApiOperation({ summary: 'Delete a user', description: 'Deleting what is not there is 204 as well.' }),
    EmailParam(),
    IfMatch(),
    ApiResponse({ status: 204, description: 'There is no such user any more.', headers }),
    ...(docs.followsSync
      ? [WaitQueries(), ApiResponse({ status: 202, description: accepted, headers })]
      : []),
    ApiProblems(...INPUT, HttpProblem.InvalidEmail, HttpProblem.PreconditionFailed, ...storesOf(docs)),
  );
};
