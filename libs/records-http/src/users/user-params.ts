import { HttpProblem, PatternField, RequestDto } from '@redis-mongo-sync/service-kit';
import { EmailField } from './user-fields.js';
import { EXAMPLE_ID } from './examples.js';

/** The path of a user. */
@RequestDto({ problem: HttpProblem.InvalidEmail })
export class UserParams {
  @EmailField({ description: 'E-mail of the user, percent-encoded.' })
  email!: string;
}

export const USER_ID = /^[0-9a-f]{24}$/;

/** The path of a user by id. */
export class UserIdParams {
  @PatternField({
    pattern: USER_ID,
    message: 'must have 24 hexadecimal digits',
    lowerCase: true,
    description: 'Id of the user, 24 hexadecimal digits.',
    example: EXAMPLE_ID,
  })
  id!: string;
}
