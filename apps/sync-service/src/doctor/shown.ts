import { BSON } from 'mongodb';

const ID_LENGTH = 120;
const KEY_LENGTH = 12;

/** An `_id` as canonical Extended JSON: enough to find the document, and nothing else of it. */
export function shownId(id: unknown): string {
  return cut(BSON.EJSON.stringify(id, { relaxed: false }), ID_LENGTH);
}

/** A record key or the name of a Redis key: enough to recognise, too little to be an address book. */
export function shownKey(key: unknown): string {
  const text = typeof key === 'string' ? key : BSON.EJSON.stringify(key, { relaxed: false });
  return JSON.stringify(cut(text, KEY_LENGTH));
}

/** The name of a Redis key: what stands before the record key is shown whole. */
export function shownName(name: string, before = ''): string {
  const prefix = name.startsWith(before) ? before : '';
  return JSON.stringify(prefix + cut(name.slice(prefix.length), KEY_LENGTH));
}

/** A value as mongosh takes it. */
export function mongoshText(value: object): string {
  const extended = BSON.EJSON.stringify(value, { relaxed: true });
  return extended === JSON.stringify(value) ? extended : `EJSON.deserialize(${extended})`;
}

export function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Bytes in the unit that suits them. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}

function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length).join('')}…`;
}
