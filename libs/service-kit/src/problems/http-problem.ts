/**
 * Every way in which a request can be refused or fail, as clients see it in `code` and `number` of
 * `application/problem+json`. Codes are stable. The doc comments are the user documentation: `docs/errors.md` is
 * generated from them.
 */
export enum HttpProblem {
  /**
   * The body is not JSON text in UTF-8.
   * Check quotes, commas and the character encoding; an empty body is not JSON either.
   */
  InvalidJson = 'SYNC_501',
  /**
   * The body is JSON but breaks the rules for it; `errors` names each field and what is wrong with it.
   * Names that start with `$`, contain `.` or are reserved are refused wherever they stand.
   */
  InvalidBody = 'SYNC_502',
  /**
   * A query parameter is unknown, given twice, or has a value that is not allowed; `errors` names it.
   */
  InvalidQuery = 'SYNC_503',
  /**
   * The e-mail address in the path is none.
   * It is trimmed and lower-cased, may have 254 characters, and must be percent-encoded in the URL.
   */
  InvalidEmail = 'SYNC_504',
  /**
   * A request header cannot be understood, e.g. an `If-Match` that is no list of entity tags.
   */
  InvalidHeader = 'SYNC_505',
  /**
   * The request cannot be understood as HTTP, or its URL cannot be decoded.
   */
  BadRequest = 'SYNC_506',
  /**
   * The path holds no id that this endpoint could know: users have 24 hexadecimal digits, tasks a UUID or the like.
   */
  InvalidId = 'SYNC_507',
  /**
   * The endpoint needs the administrator's token: `Authorization: Bearer <ADMIN_TOKEN>`.
   */
  Unauthorized = 'SYNC_510',
  /**
   * The endpoint is closed: the service runs without `ADMIN_TOKEN`.
   */
  Forbidden = 'SYNC_511',
  /**
   * No endpoint has this path. `/api-docs` of the gateway lists those there are.
   */
  NotFound = 'SYNC_512',
  /**
   * This store has no user with this e-mail or id. `version` is that of the tombstone, when the user was deleted.
   * A user that was just written on the other side may still be in flight: read with `?after=<version>`.
   */
  UserNotFound = 'SYNC_513',
  /**
   * The path exists, but not with this method. `Allow` lists those it has.
   */
  MethodNotAllowed = 'SYNC_514',
  /**
   * There is no task with this id, or none any more.
   */
  TaskNotFound = 'SYNC_515',
  /**
   * The request contradicts the present state.
   */
  Conflict = 'SYNC_520',
  /**
   * Another user has the new e-mail already.
   */
  EmailTaken = 'SYNC_521',
  /**
   * This side cannot change an e-mail, because the parts of a user that it would have to move live in the other
   * store. Send the same request to the mongo-first path.
   */
  EmailChangeUnsupported = 'SYNC_522',
  /**
   * `If-Match` or `If-None-Match` does not hold. `version` is the present one, 0 when there is no user.
   * Read the user again, decide again, and send the new version.
   */
  PreconditionFailed = 'SYNC_523',
  /**
   * The task was completed before. `eventId` is that of the event that said so, `completedAt` when.
   */
  TaskCompleted = 'SYNC_524',
  /**
   * The event id or `Idempotency-Key` was used before, for another event. Repeat a request with the same body, or give
   * the new event a new id.
   */
  EventIdReused = 'SYNC_525',
  /**
   * The losing version was too large to be kept with its content (4 MiB), so it cannot be restored. Its stamp and what
   * it lost to are in the history.
   */
  VersionNotKept = 'SYNC_526',
  /**
   * The body is larger than the service reads (256 KiB, unless configured otherwise).
   */
  BodyTooLarge = 'SYNC_530',
  /**
   * The body is not declared as `application/json`.
   */
  UnsupportedMediaType = 'SYNC_531',
  /**
   * The path is longer than any that exists.
   */
  UriTooLong = 'SYNC_532',
  /**
   * The request is well-formed, but cannot be carried out.
   */
  Unprocessable = 'SYNC_533',
  /**
   * The request's headers are larger than 16 KiB.
   */
  HeadersTooLarge = 'SYNC_534',
  /**
   * The client took too long to send the request.
   */
  RequestTimeout = 'SYNC_535',
  /**
   * This client sends more requests than it may. Wait for `Retry-After` seconds.
   */
  TooManyRequests = 'SYNC_540',
  /**
   * The store behind this path does not answer; `store` says which. The other side goes on.
   * A write that met this may or may not have happened; sending it again is safe.
   */
  StoreUnavailable = 'SYNC_550',
  /**
   * A service behind this one does not answer; `service` says which.
   * A write that met this may or may not have happened; sending it again is safe.
   */
  ServiceUnavailable = 'SYNC_551',
  /**
   * The store does not have the wanted version yet. `version` is the one it has. Wait for `Retry-After` seconds and
   * read again; where it stays, look at `/health` of the gateway and of the sync service.
   */
  NotYetSynced = 'SYNC_552',
  /**
   * As many clients follow the event stream as the gateway serves (`EVENTS_STREAM_CLIENTS`). Try again later, or at
   * another gateway.
   */
  TooManyFollowers = 'SYNC_553',
  /**
   * The stream holds more events than may wait (`EVENTS_MAX_BACKLOG`): one of its groups does not keep up. Wait for
   * `Retry-After` seconds; `/api/events/stats` says which group, and often the store of the audit log is down.
   */
  EventsBacklogged = 'SYNC_554',
  /**
   * The service failed in a way it did not foresee. The log has the details, under the request id.
   */
  Internal = 'SYNC_599',
}
