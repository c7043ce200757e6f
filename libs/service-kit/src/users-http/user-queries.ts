import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { WholeNumber } from '../http/query.js';

export const MAX_PAGE_SIZE = 1000;
export const DEFAULT_PAGE_SIZE = 50;
export const MAX_WAIT_MS = 30_000;
export const DEFAULT_WAIT_MS = 2_000;

/** `GET …/users` */
export class ListUsersQuery {
  @WholeNumber(1, MAX_PAGE_SIZE)
  limit = DEFAULT_PAGE_SIZE;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(2048)
  cursor: string | undefined = undefined;
}

/** `GET …/users/:email` */
export class ReadUserQuery {
  @WholeNumber(1, Number.MAX_SAFE_INTEGER)
  after: number | undefined = undefined;

  @WholeNumber(1, MAX_WAIT_MS)
  timeoutMs = DEFAULT_WAIT_MS;
}

/** Every write. */
export class WriteUserQuery {
  @IsOptional()
  @IsIn(['synced'], { message: 'must be synced' })
  waitFor: 'synced' | undefined = undefined;

  @WholeNumber(1, MAX_WAIT_MS)
  timeoutMs = DEFAULT_WAIT_MS;
}
