import { WholeNumber } from '@redis-mongo-sync/service-kit';
import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';

const MAX_PAGE = 500;
export const DEFAULT_PAGE = 100;

/** Which events: what every reader of the log may choose by. */
class StreamFilter {
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(128)
  stream: string | undefined = undefined;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(128)
  type: string | undefined = undefined;
}

/** What entries may be chosen by; the audit log checks the values further. */
class EntryFilter extends StreamFilter {
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(128)
  entity: string | undefined = undefined;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(256)
  entityId: string | undefined = undefined;

  @IsOptional()
  @IsString()
  @MaxLength(40)
  from: string | undefined = undefined;

  @IsOptional()
  @IsString()
  @MaxLength(40)
  to: string | undefined = undefined;
}

/** `GET /api/events/processed` */
export class ProcessedQuery extends EntryFilter {
  @WholeNumber(1, MAX_PAGE)
  limit = DEFAULT_PAGE;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  cursor: string | undefined = undefined;

  @IsIn(['asc', 'desc'], { message: 'must be asc or desc' })
  order: 'asc' | 'desc' = 'desc';
}

/** `GET /api/events/export` */
export class ExportQuery extends EntryFilter {
  @IsIn(['asc', 'desc'], { message: 'must be asc or desc' })
  order: 'asc' | 'desc' = 'asc';
}

/** `GET /api/events/stream` */
export class FollowQuery extends StreamFilter {
  @WholeNumber(0, Number.MAX_SAFE_INTEGER)
  after: number | undefined = undefined;
}

/** The parameters that were given, without the others; a time in digits is one in epoch milliseconds. */
export function given<Q extends object>(query: Q): Given<Q> {
  const entries = Object.entries(query).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined) return [];
    const isEpoch = TIMES.has(name) && typeof value === 'string' && /^\d{1,15}$/.test(value);
    return [[name, isEpoch ? Number(value) : value]];
  });
  return Object.fromEntries(entries) as Given<Q>;
}

const TIMES: ReadonlySet<string> = new Set(['from', 'to']);

type Given<Q> = { [K in keyof Q]?: NonNullable<Q[K]> };
