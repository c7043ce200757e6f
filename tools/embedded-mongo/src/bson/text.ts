import { isUtf8 } from 'node:buffer';

/**
 * Strings keep their bytes, also those that are no UTF-8: each of these is one lone surrogate U+DC80 to U+DCFF,
 * which valid UTF-8 never gives.
 */
const ESCAPE = 0xdc00;
const SHORT = 24;

export function decodeText(bytes: Buffer, start: number, end: number): string {
  if (end - start <= SHORT) {
    const ascii = decodeAscii(bytes, start, end);
    if (ascii !== undefined) return ascii;
  }
  const text = bytes.toString('utf8', start, end);
  if (!text.includes('\ufffd')) return text;
  const slice = bytes.subarray(start, end);
  return isUtf8(slice) ? text : decodeInvalid(slice);
}

function decodeAscii(bytes: Buffer, start: number, end: number): string | undefined {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeInvalid(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at]!);
    const sequence = bytes.subarray(at, at + length);
    const valid = sequence.length === length && isUtf8(sequence);
    text += valid ? sequence.toString('utf8') : String.fromCharCode(ESCAPE + bytes[at]!);
    at += valid ? length : 1;
  }
  return text;
}

function sequenceLength(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** The text's bytes if plain UTF-8 would not give them. */
export function escapedBytes(text: string): Buffer | undefined {
  if (!LONE_SURROGATE.test(text)) return undefined;
  return Buffer.concat(
    [...text].map((character) => {
      const byte = character.charCodeAt(0) - ESCAPE;
      return character.length === 1 && byte >= 0x80 && byte <= 0xff
        ? Buffer.of(byte)
        : Buffer.from(character, 'utf8');
    }),
  );
}

export function textSize(text: string): number {
  return escapedBytes(text)?.length ?? Buffer.byteLength(text, 'utf8');
}
