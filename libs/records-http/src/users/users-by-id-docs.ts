import { HttpProblem } from '@redis-mongo-sync/service-kit';
import {
  answer,
  BODY_PROBLEMS,
  DocumentEndpoint,
  etag,
  header,
  INPUT_PROBLEMS,
  NOT_MODIFIED,
} from './answer-docs.js';
import { EXAMPLE_ID, USER_BY_ID_EXAMPLE } from './examples.js';
import { UserById, UserByIdPage } from './user-view.js';

/* The users' endpoints by id: of the gateway (`/api/users`) and of the user service. */

const user = (status: number, description: string) =>
  answer({
    status,
    description,
    type: UserById,
    example: USER_BY_ID_EXAMPLE,
    headers: { ETag: etag, Location: header('Where the user is.', `/api/users/${EXAMPLE_ID}`) },
  });

const STORE = [HttpProblem.StoreUnavailable, HttpProblem.ServiceUnavailable];
const ONE_USER = [
  ...INPUT_PROBLEMS,
  HttpProblem.InvalidId,
  HttpProblem.UserNotFound,
  HttpProblem.PreconditionFailed,
  ...STORE,
];
const announces = (type: string) =>
  `Publishes \`${type}\` on \`user:events\`: the write and its event are one transaction, so neither is there without the other.`;

export const DocumentListById = () =>
  DocumentEndpoint({
    summary: 'List the users',
    description: 'In the order of their creation.',
    answers: [answer({ status: 200, description: 'One page.', type: UserByIdPage })],
    problems: [HttpProblem.InvalidQuery, ...STORE],
  });

export const DocumentReadById = () =>
  DocumentEndpoint({
    summary: 'Read a user',
    answers: [user(200, 'The user.'), NOT_MODIFIED],
    problems: ONE_USER,
  });

export const DocumentCreate = () =>
  DocumentEndpoint({
    summary: 'Create a user',
    description: announces('user.created'),
    answers: [user(201, 'Created. An e-mail that was deleted before gets its old id back.')],
    problems: [HttpProblem.InvalidQuery, ...BODY_PROBLEMS, HttpProblem.EmailTaken, ...STORE],
  });

export const DocumentReplaceById = () =>
  DocumentEndpoint({
    summary: 'Replace the profile of a user',
    description: announces('user.updated'),
    answers: [user(200, 'Replaced.')],
    problems: [...BODY_PROBLEMS, ...ONE_USER, HttpProblem.EmailTaken],
  });

export const DocumentRemoveById = () =>
  DocumentEndpoint({
    summary: 'Delete a user',
    description: announces('user.deleted'),
    answers: [answer({ status: 204, description: 'There is no such user any more.' })],
    problems: ONE_USER,
  });
