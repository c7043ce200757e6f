export const REDACTED = '[redacted]';

/** Field names that are secret nearly everywhere; compared without regard to case. */
export const DEFAULT_SECRET_FIELDS: readonly string[] = [
  'password',
  'passwordHash',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'refreshTokens',
  'authorization',
  'authLogs',
  'verificationCode',
  'twoFA',
];

const MAX_DEPTH = 32;

/**
 * The pairs of a stream entry as an object to show, with secret ones blanked: by the name of the field, and
 * by the names inside values that are JSON (also JSON within JSON). A value that looks like JSON but is not ends at the
 * first secret name in it. Other values come through untouched.
 */
export function redactFields(fields: readonly string[], secrets: readonly string[]): Record<string, string> {
  const names = new Set(secrets.map((name) => name.toLowerCase()));
  const shown: [string, string][] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [name = '', value = ''] = fields.slice(index, index + 2);
    shown.push([name, names.has(name.toLowerCase()) ? REDACTED : redactText(value, names, 0)]);
  }
  return Object.fromEntries(shown);
}

function redactText(text: string, names: ReadonlySet<string>, depth: number): string {
  if (!/^\s*[[{"]/.test(text)) return cutAtSecret(text, names);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return cutAtSecret(text, names);
  }
  const redacted = redactValue(value, names, depth + 1);
  return redacted === value ? text : JSON.stringify(redacted);
}

/** Text that is no JSON, mostly because its end is missing: nobody can tell where a secret in it would end. */
function cutAtSecret(text: string, names: ReadonlySet<string>): string {
  for (const { 1: name = '', index } of text.matchAll(/([\w-]+)\\*["']?\s*:/g)) {
    if (names.has(name.toLowerCase())) return `${text.slice(0, index + name.length)}${REDACTED}`;
  }
  return text;
}

/** Returns `value` itself when there was nothing to blank. */
function redactValue(value: unknown, names: ReadonlySet<string>, depth: number): unknown {
  if (depth > MAX_DEPTH) return REDACTED;
  if (typeof value === 'string') return redactText(value, names, depth);
  if (typeof value !== 'object' || value === null) return value;
  let changed = false;
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => {
    const shown = names.has(name.toLowerCase()) ? REDACTED : redactValue(inner, names, depth + 1);
    changed ||= shown !== inner;
    return [name, shown];
  });
  if (!changed) return value;
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
