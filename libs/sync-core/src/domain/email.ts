import { InvalidKeyError } from './entity.js';

export const MAX_EMAIL_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;

// RFC 5322 dot-atom, and a host of letters, digits and hyphens with at least one dot; no quoted local parts,
// no address literals. Characters that mean something to Redis patterns or URLs are refused with the rest.
const LOCAL = /^[a-z0-9!#$%&'+/=^_`|~-]+(\.[a-z0-9!#$%&'+/=^_`|~-]+)*$/;
const HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Trims and lower-cases an e-mail address and checks it. Lower-casing the local part is a deliberate choice:
 * `Ada@x.org` and `ada@x.org` are one record.
 *
 * @throws InvalidKeyError with a sentence that can be shown to the client
 */
export function normalizeEmail(raw: unknown): string {
  if (typeof raw !== 'string') throw new InvalidKeyError('email must be a string');
  if (raw.length > MAX_EMAIL_LENGTH * 2) throw new InvalidKeyError(tooLong);
  const email = raw.trim().toLowerCase();
  if (email.length > MAX_EMAIL_LENGTH) throw new InvalidKeyError(tooLong);
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at);
  if (at < 1 || local.length > MAX_LOCAL_LENGTH || !LOCAL.test(local) || !HOST.test(email.slice(at + 1))) {
    throw new InvalidKeyError('email must be an e-mail address such as ada@example.org');
  }
  return email;
}

const tooLong = `email must have at most ${MAX_EMAIL_LENGTH} characters`;
