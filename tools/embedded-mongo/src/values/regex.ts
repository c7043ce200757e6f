import { BSONRegExp } from 'bson';
import { commandError } from '../errors.js';

const MAX_CACHED = 500;
const cache = new Map<string, RegExp>();

export function isRegex(value: unknown): value is RegExp | BSONRegExp {
  return value instanceof RegExp || value instanceof BSONRegExp;
}

/**
 * The JS form of a PCRE pattern. What JS reads differently is rewritten (`$`, `\A`, `\z`, the option `x`);
 * what it doesn't know fails to compile (flag `u` makes it strict) and is refused with code 51091.
 */
export function toRegExp(source: string | RegExp | BSONRegExp, options?: string): RegExp {
  const pattern =
    typeof source === 'string' ? source : source instanceof RegExp ? source.source : source.pattern;
  const own = typeof source === 'string' ? '' : source instanceof RegExp ? source.flags : source.options;
  const flags = options ?? own;
  const id = `${flags}/${pattern}`;
  let regex = cache.get(id);
  if (!regex) {
    regex = translate(pattern, flags);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(id, regex);
  }
  return regex;
}

function translate(pattern: string, options: string): RegExp {
  const unknown = /[^imsxugvyd]/.exec(options);
  if (unknown) throw commandError(51108, `invalid flag in regex options: ${options}`);
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  const all = options + (inline?.[1] ?? '');
  const body = rewrite(pattern.slice(inline?.[0].length ?? 0), all.includes('x'), all.includes('m'));
  try {
    return new RegExp(body, `u${[...'ims'].filter((flag) => all.includes(flag)).join('')}`);
  } catch (error) {
    throw commandError(51091, `Regular expression is invalid: ${(error as Error).message}`);
  }
}

const END = String.raw`(?![\s\S])`;
const ESCAPES: Readonly<Record<string, string>> = {
  A: String.raw`(?<![\s\S])`,
  z: END,
  Z: String.raw`(?=\n?(?![\s\S]))`,
  h: String.raw`[ \t]`,
  a: String.raw`\x07`,
  e: String.raw`\x1b`,
};

function rewrite(pattern: string, extended: boolean, multiline: boolean): string {
  const token = /\\([\s\S])|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g;
  let out = '';
  let inComment = false;
  for (const [text, escaped] of pattern.matchAll(token)) {
    if (inComment) {
      inComment = text !== '\n';
    } else if (escaped !== undefined) {
      out += rewriteEscape(text, escaped);
    } else if (extended && /^[\s#]$/.test(text)) {
      inComment = text === '#';
    } else if (text === '$' && !multiline) {
      out += ESCAPES.Z;
    } else {
      out += text.startsWith('[') ? rewriteClass(text) : text;
    }
  }
  return out;
}

/** JS allows an escape only where it means something; PCRE allows it before any punctuation. */
function rewriteEscape(text: string, escaped: string): string {
  const known = ESCAPES[escaped];
  if (known !== undefined) return known;
  return /[!"#%&',:;<=>@_`~\s-]/.test(escaped) ? escaped : text;
}

/** A `]` that comes first in a class is a member of it. */
function rewriteClass(text: string): string {
  return text.replace(/\\([!"#%&',:;<=>@_`~ ])/g, '$1').replace(/^(\[\^?)\](?=.)/, String.raw`$1\]`);
}
