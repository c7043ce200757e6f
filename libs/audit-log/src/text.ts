/** Control characters, which break logs and NDJSON readers, and lone surrogates, which no store keeps. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

export function isText(value: unknown, longest: number): value is string {
  return (
    typeof value === 'string' && value.length >= 1 && value.length <= longest && !UNPRINTABLE.test(value)
  );
}
