/** Headers that are about one connection, or about the body on it, and not about the request. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The headers of a message that go with it to the next connection (RFC 9110, 7.6.1). */
export function passingHeaders(headers: Headers): Record<string, string | string[]> {
  const named = String(headers.connection ?? '')
    .toLowerCase()
    .split(/\s*,\s*/);
  const passing = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] =>
      entry[1] !== undefined && !OF_THE_CONNECTION.has(entry[0]) && !named.includes(entry[0]),
  );
  return Object.fromEntries(passing);
}
