import { RequestDto } from '@redis-mongo-sync/service-kit';
import { USERS, type JsonObject } from '@redis-mongo-sync/sync-core';
import { ProfileField } from '../record-fields.js';
import { WRITE_BY_ID_EXAMPLE } from './examples.js';
import { EmailField, NameField } from './user-fields.js';

const WRITE_RULES =
  'Any further top-level field is part of the profile, under the rules of `CreateUser`. Without a `name`, the `username` is it.';

/** `POST …/users` of users by id */
@RequestDto({ description: WRITE_RULES, example: WRITE_BY_ID_EXAMPLE })
export class CreateUserById {
  @NameField({ example: 'ada' })
  username!: string;

  @EmailField()
  email!: string;

  @NameField({ optional: true })
  name?: string;

  @ProfileField(USERS, ['id'])
  profile!: JsonObject;
}

/** `PUT …/users/:id` */
@RequestDto({
  description: `The whole profile; an \`email\` other than the present one changes it. ${WRITE_RULES}`,
  example: WRITE_BY_ID_EXAMPLE,
})
export class ReplaceUserById {
  @NameField({ example: 'ada' })
  username!: string;

  @EmailField({ optional: true })
  email?: string;

  @NameField({ optional: true })
  name?: string;

  @ProfileField(USERS, ['id'])
  profile!: JsonObject;
}

/** What a client wants a user to be. */
export interface IdentifiedUserWrite {
  /** Absent where the user shall keep its own. */
  readonly email?: string;
  /** All shared fields but the e-mail; `name` and `username` among them. */
  readonly fields: JsonObject;
}

/** Every user of the product has a `name`: without one it is the `username`. */
export function identifiedWriteOf(body: CreateUserById | ReplaceUserById): IdentifiedUserWrite {
  const { username, email, name = username, profile } = body;
  return { ...(email === undefined ? {} : { email }), fields: { username, name, ...profile } };
}
