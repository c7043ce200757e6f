import { RequestDto } from '@redis-mongo-sync/service-kit';
import { USERS, type JsonObject } from '@redis-mongo-sync/sync-core';
import { ProfileField } from '../record-fields.js';
import { CREATE_EXAMPLE, MERGE_EXAMPLE, REPLACE_EXAMPLE } from './examples.js';
import { EmailField, NameField } from './user-fields.js';

const PROFILE_RULES =
  'Any further top-level field is part of the profile: any JSON, at most 32 levels deep, integers within ±(2^53−1). ' +
  'Other types of MongoDB are wrapped as in Extended JSON, such as `{"$date": "2026-01-31T12:00:00Z"}`; any other ' +
  'object with a name that starts with `$` goes into `{"$document": …}`. Names must not contain NUL, or be `_bsontype`, ' +
  '`__proto__`, `constructor` or `prototype`, at any level, nor start with `$` or contain `.` at the top level. ' +
  'Reserved at the top level: `_id`, `id`, `_sync`, `__v`, `wallet` and credentials. An answer may be changed and sent ' +
  'back as it is: of a body with the `_sync` of an answer, that is dropped, and so are `version`, `updatedAt` and ' +
  '`source` where they say the same.';
const EMAIL_CHANGE = 'An `email` other than that of the path changes the e-mail.';

/** `POST …/users` */
@RequestDto({
  description: `\`name\` is required where there is no user with this e-mail yet. ${PROFILE_RULES}`,
  example: CREATE_EXAMPLE,
})
export class CreateUser {
  @EmailField()
  email!: string;

  @NameField({ optional: true })
  name?: string;

  @ProfileField(USERS)
  profile!: JsonObject;
}

/** `PUT …/users/:email` */
@RequestDto({ description: `${EMAIL_CHANGE} ${PROFILE_RULES}`, example: REPLACE_EXAMPLE })
export class ReplaceUser {
  @EmailField({ optional: true })
  email?: string;

  @NameField()
  name!: string;

  @ProfileField(USERS)
  profile!: JsonObject;
}

/** `PATCH …/users/:email` */
@RequestDto({
  description: `\`null\` removes a field. ${EMAIL_CHANGE} ${PROFILE_RULES}`,
  example: MERGE_EXAMPLE,
})
export class MergeUser {
  @EmailField({ optional: true })
  email?: string;

  @NameField({ optional: true })
  name?: string;

  @ProfileField(USERS)
  profile!: JsonObject;
}
