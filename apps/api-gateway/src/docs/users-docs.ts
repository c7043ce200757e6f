import {
  DEFAULT_PAGE_SIZE,
  DEFAULT_WAIT_MS,
  HttpProblem,
  MAX_PAGE_SIZE,
  MAX_WAIT_MS,
} from '#libs/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { ApiProblems } from './api-problems.js';
import { CREATE_EXAMPLE, EXAMPLE_EMAIL, EXAMPLE_VERSION, USER_EXAMPLE } from './schemas.js';

/*
 * The OpenAPI descriptions of the users' endpoints, kept out of the controller so that it stays readable.
 */

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
  readonly synced?: boolean;
}

const User = ({ status, description, synced = true }: UserResponse) =>
  ApiResponse({
    status,
    description,
    headers: { ...USER_HEADERS, ...(synced ? SYNC_HEADERS : POSITION) },
    content: { 'application/json': { schema: ref('User'), example: USER_EXAMPLE } },
  });

const Accepted = () =>
  User({ status: 202, description: 'Written here, but not in the other store within `timeoutMs`.' });

const INPUT = [HttpProblem.InvalidQuery, HttpProblem.InvalidHeader];
const BODY = [
  HttpProblem.InvalidJson,
  HttpProblem.InvalidBody,
  HttpProblem.BodyTooLarge,
  HttpProblem.UnsupportedMediaType,
];
const STORE = [HttpProblem.StoreUnavailable, HttpProblem.ServiceUnavailable];
const EMAIL_CHANGE = [HttpProblem.EmailTaken, HttpProblem.EmailChangeUnsupported];

export const DocumentList = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'List the users of this store', description: 'In the order of their e-mails.' }),
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_SIZE, default: DEFAULT_PAGE_SIZE },
    }),
    ApiQuery({
      name: 'cursor',
      required: false,
      schema: { type: 'string' },
      description: '`nextCursor` of the page before.',
    }),
    ApiResponse({
      status: 200,
      description: 'One page.',
      content: { 'application/json': { schema: ref('UserPage') } },
    }),
    ApiProblems(HttpProblem.InvalidQuery, ...STORE),
  );

export const DocumentRead = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Read a user from this store',
      description:
        'With `after`, waits until this store has that version: read your own writes across the stores.',
    }),
    EmailParam(),
    ApiQuery({
      name: 'after',
      required: false,
      schema: { type: 'integer', format: 'int64', minimum: 1 },
      description: '`Sync-Position` of a write.',
    }),
    TimeoutQuery(),
    IfMatch(),
    IfNoneMatch(`304 if the present version is this one, e.g. ${etag}.`),
    User({ status: 200, description: 'The user.', synced: false }),
    ApiResponse({ status: 304, description: 'The user has the version that `If-None-Match` names.' }),
    ApiProblems(
      ...INPUT,
      HttpProblem.InvalidEmail,
      HttpProblem.UserNotFound,
      HttpProblem.PreconditionFailed,
      HttpProblem.NotYetSynced,
      ...STORE,
    ),
  );

export const DocumentUpsert = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Create a user, or merge into it',
      description:
        'Given top-level fields replace those of the user, the others are kept. `null` is stored as null.',
    }),
    IfMatch(),
    IfNoneMatch('`*`: only if there is no user with this e-mail. Otherwise 412.'),
    WaitQueries(),
    ApiBody({ schema: ref('CreateUser'), examples: { user: { value: CREATE_EXAMPLE } } }),
    User({ status: 201, description: 'Created.' }),
    User({ status: 200, description: 'Merged.' }),
    Accepted(),
    ApiProblems(...INPUT, ...BODY, HttpProblem.PreconditionFailed, ...STORE),
  );

export const DocumentReplace = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Replace the profile of a user, creating it if need be',
      description: 'What the product keeps for itself (wallet, credentials) stays.',
    }),
    EmailParam(),
    IfMatch(),
    IfNoneMatch('`*`: only if there is no user with this e-mail. Otherwise 412.'),
    WaitQueries(),
    ApiBody({ schema: ref('ReplaceUser') }),
    User({ status: 200, description: 'Replaced.' }),
    User({ status: 201, description: 'Created.' }),
    Accepted(),
    ApiProblems(
      ...INPUT,
      ...BODY,
      HttpProblem.InvalidEmail,
      HttpProblem.UserNotFound,
      ...EMAIL_CHANGE,
      HttpProblem.PreconditionFailed,
      ...STORE,
    ),
  );

export const DocumentMerge = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Merge top-level fields into a user',
      description: '`null` removes a field; `name` cannot be removed. Another `email` changes the e-mail.',
    }),
    EmailParam(),
    IfMatch(),
    WaitQueries(),
    ApiBody({ schema: ref('MergeUser') }),
    User({ status: 200, description: 'Merged.' }),
    Accepted(),
    ApiProblems(
      ...INPUT,
      ...BODY,
      HttpProblem.InvalidEmail,
      HttpProblem.UserNotFound,
      ...EMAIL_CHANGE,
      HttpProblem.PreconditionFailed,
      ...STORE,
    ),
  );

export const DocumentRemove = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Delete a user', description: 'Deleting what is not there is 204 as well.' }),
    EmailParam(),
    IfMatch(),
    WaitQueries(),
    ApiResponse({ status: 204, description: 'There is no such user any more.', headers: SYNC_HEADERS }),
    ApiResponse({
      status: 202,
      description: 'Deleted here, but not yet in the other store.',
      headers: SYNC_HEADERS,
    }),
    ApiProblems(...INPUT, HttpProblem.InvalidEmail, HttpProblem.PreconditionFailed, ...STORE),
  );
