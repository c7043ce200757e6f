import { HttpProblem } from './http-problem.js';

export interface ProblemKind {
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  /** Short, for people; the same for every occurrence. */
  readonly title: string;
}

const kind = (status: number, code: string, title: string): ProblemKind => ({ status, code, title });

/** What clients are told about each problem, beside the details of the occurrence. */
export const PROBLEM_CATALOG: Readonly<Record<HttpProblem, ProblemKind>> = {
  [HttpProblem.InvalidJson]: kind(400, 'invalid-json', 'The body is not JSON'),
  [HttpProblem.InvalidBody]: kind(400, 'invalid-body', 'The body is not allowed'),
  [HttpProblem.InvalidQuery]: kind(400, 'invalid-query', 'The query is not allowed'),
  [HttpProblem.InvalidEmail]: kind(400, 'invalid-email', 'The path holds no e-mail address'),
  [HttpProblem.InvalidHeader]: kind(400, 'invalid-header', 'A header is not allowed'),
  [HttpProblem.BadRequest]: kind(400, 'bad-request', 'The request cannot be understood'),
  [HttpProblem.InvalidId]: kind(400, 'invalid-id', 'The path holds no id'),
  [HttpProblem.Unauthorized]: kind(401, 'unauthorized', 'The administrator token is missing or wrong'),
  [HttpProblem.Forbidden]: kind(403, 'forbidden', 'The endpoint is closed'),
  [HttpProblem.NotFound]: kind(404, 'not-found', 'There is no such endpoint'),
  [HttpProblem.UserNotFound]: kind(404, 'user-not-found', 'There is no such user'),
  [HttpProblem.TaskNotFound]: kind(404, 'task-not-found', 'There is no such task'),
  [HttpProblem.MethodNotAllowed]: kind(405, 'method-not-allowed', 'The path does not have this method'),
  [HttpProblem.Conflict]: kind(409, 'conflict', 'The request contradicts the present state'),
  [HttpProblem.EmailTaken]: kind(409, 'email-taken', 'The e-mail belongs to another user'),
  [HttpProblem.EmailChangeUnsupported]: kind(
    409,
    'email-change-unsupported',
    'This side cannot change an e-mail',
  ),
  [HttpProblem.PreconditionFailed]: kind(412, 'precondition-failed', 'The precondition does not hold'),
  [HttpProblem.TaskCompleted]: kind(409, 'task-completed', 'The task is completed already'),
  [HttpProblem.EventIdReused]: kind(409, 'event-id-reused', 'The event id belongs to another event'),
  [HttpProblem.VersionNotKept]: kind(410, 'version-not-kept', 'The content of this version was not kept'),
  [HttpProblem.BodyTooLarge]: kind(413, 'body-too-large', 'The body is too large'),
  [HttpProblem.UnsupportedMediaType]: kind(415, 'unsupported-media-type', 'The body is not application/json'),
  [HttpProblem.UriTooLong]: kind(414, 'uri-too-long', 'The path is too long'),
  [HttpProblem.Unprocessable]: kind(422, 'unprocessable', 'The request cannot be carried out'),
  [HttpProblem.HeadersTooLarge]: kind(431, 'headers-too-large', 'The headers are too large'),
  [HttpProblem.RequestTimeout]: kind(408, 'request-timeout', 'The request took too long'),
  [HttpProblem.TooManyRequests]: kind(429, 'too-many-requests', 'Too many requests'),
  [HttpProblem.StoreUnavailable]: kind(503, 'store-unavailable', 'The store does not answer'),
  [HttpProblem.ServiceUnavailable]: kind(503, 'service-unavailable', 'A service does not answer'),
  [HttpProblem.NotYetSynced]: kind(503, 'not-yet-synced', 'The store does not have this version yet'),
  [HttpProblem.TooManyFollowers]: kind(503, 'too-many-followers', 'The event stream has no place left'),
  [HttpProblem.EventsBacklogged]: kind(503, 'events-backlogged', 'Too many events wait to be worked off'),
  [HttpProblem.Internal]: kind(500, 'internal', 'The service failed'),
};
