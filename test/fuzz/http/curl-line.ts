import type { RawRequest } from './raw-http.js';

const MAX_BODY = 2_000;

/** A command line that sends the request again, as far as curl can: it mends some of what is malformed. */
export function curlLine(origin: string, { method, target, headers, body }: RawRequest): string {
  const parts = ['curl', '-i', '--path-as-is', '-X', method];
  for (const [name, value] of headers)
    parts.push('-H', quote(value === '' ? `${name};` : `${name}: ${value}`));
  if (body && body.length <= MAX_BODY) {
    const text = body.toString('utf8');
    const isText = Buffer.from(text).equals(body) && !text.includes('\0');
    if (!isText)
      return `printf ${quote(escaped(body))} | ${[...parts, '--data-binary', '@-', quote(origin + target)].join(' ')}`;
    parts.push('--data-binary', quote(text));
  } else if (body) parts.push('--data-binary', `"$(head -c ${body.length} /dev/zero | tr '\\0' x)"`);
  return [...parts, quote(origin + target)].join(' ');
}

function quote(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function escaped(bytes: Buffer): string {
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
