import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { EXAMPLE_EMAIL, EXAMPLE_ID, EXAMPLE_VERSION, USER_BY_ID_EXAMPLE, USER_EXAMPLE } from './examples.js';

/* Users as answers hold them, for the OpenAPI document. */

/** What the sync knows of this version. */
@ApiSchema({ description: 'What the sync knows of this version.' })
export class UserStamp {
  @ApiProperty({ type: 'integer', format: 'int64' })
  version!: number;

  @ApiProperty({ type: 'integer', format: 'int64' })
  updatedAt!: number;

  @ApiProperty({ enum: ['mongo', 'redis'] })
  source!: string;

  @ApiProperty({
    type: [String],
    required: false,
    description: 'Which of the three names are fields of the profile; only where any is.',
  })
  own?: string[];
}

const UNLESS_OWN = 'Shown here unless the profile has a field of this name; always in `_sync`.';

/** A user, with the fields of its profile beside these. */
@ApiSchema({ description: 'A user. The fields of its profile stand beside these.' })
export class User {
  @ApiProperty({ format: 'email', example: EXAMPLE_EMAIL })
  email!: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  name!: string;

  @ApiProperty({
    anyOf: [{ type: 'integer', format: 'int64' }, {}],
    description: `Version of the record in both stores; higher wins. Also the \`ETag\`. ${UNLESS_OWN}`,
    example: EXAMPLE_VERSION,
  })
  version!: unknown;

  @ApiProperty({
    anyOf: [{ type: 'integer', format: 'int64' }, {}],
    description: `When it was written, in epoch milliseconds. ${UNLESS_OWN}`,
    example: EXAMPLE_VERSION / 1024,
  })
  updatedAt!: unknown;

  @ApiProperty({
    anyOf: [{ type: 'string', enum: ['mongo', 'redis'] }, {}],
    description: `The side that this version was written on. ${UNLESS_OWN}`,
    example: 'mongo',
  })
  source!: unknown;

  @ApiProperty({ type: UserStamp })
  _sync!: UserStamp;
}

@ApiSchema({
  description: 'A user of `/mongo-first/users`, with the id that it keeps when its e-mail changes.',
})
export class UserById extends User {
  @ApiProperty({ pattern: '^[0-9a-f]{24}$', example: EXAMPLE_ID })
  id!: string;

  @ApiProperty({ example: 'ada' })
  username!: string;
}

abstract class PageOfUsers {
  @ApiProperty({
    type: String,
    nullable: true,
    description: '`cursor` of the next page; null on the last one.',
  })
  nextCursor!: string | null;
}

export class UserPage extends PageOfUsers {
  @ApiProperty({ type: [User], example: [USER_EXAMPLE] })
  users!: User[];
}

export class UserByIdPage extends PageOfUsers {
  @ApiProperty({ type: [UserById], example: [USER_BY_ID_EXAMPLE] })
  users!: UserById[];
}
