import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, MinLength } from 'class-validator';
import { Setting } from './setting.js';

/** Where the audit log is kept, and for how long. Services that have one have these as a group. */
export class AuditSettings {
  @IsIn(['mongo', 'postgres'])
  @Setting({ env: 'AUDIT_STORE', about: 'Where the audit log is kept: mongo (MONGODB_URI) or postgres.' })
  store = 'mongo';

  @Matches(/^postgres(ql)?:\/\/\S+$/, {
    message: 'must be a URL such as postgres://user@127.0.0.1:5432/audit',
  })
  @Setting({
    env: 'AUDIT_POSTGRES_URL',
    about: 'PostgreSQL database of the audit log, when AUDIT_STORE is postgres.',
    secret: true,
  })
  postgresUrl = 'postgres://postgres@127.0.0.1:5432/postgres';

  @IsInt()
  @Min(100)
  @Max(60_000)
  @Setting({ env: 'AUDIT_TIMEOUT_MS', about: 'How long the audit log waits for its store.', unit: 'ms' })
  timeoutMs = 5_000;

  @IsInt()
  @Min(0)
  @Max(36_500)
  @Setting({
    env: 'AUDIT_RETENTION_DAYS',
    about: 'Entries older than this are removed once an hour; 0 keeps everything.',
    unit: 'days',
  })
  retentionDays = 0;

  @Matches(/^[^\s,]*(,[^\s,]+)*$/, { message: 'must be names separated by commas, without blanks' })
  @Setting({
    env: 'AUDIT_SECRET_FIELDS',
    about: 'More names of fields whose values are blanked before an entry is stored, separated by commas.',
  })
  secretFields = '';

  @IsOptional()
  @IsString()
  @MinLength(32)
  @Setting({
    env: 'AUDIT_HASH_KEY',
    about: 'Key of the hash chain, at least 32 characters; must not change as long as the log lives.',
    secret: true,
  })
  hashKey?: string;

  /** `secretFields` as a list. */
  get secretFieldNames(): readonly string[] {
    return this.secretFields.split(',').filter(Boolean);
  }
}
