/** One entry of a stream. `fields` is the flat list Redis sends: name, value, name, value, … */
export interface StreamEntry {
  readonly id: string;
  readonly fields: readonly string[];
}

/** The value of the first field called `name`. */
export function fieldOf(entry: StreamEntry, name: string): string | undefined {
  for (let index = 0; index < entry.fields.length; index += 2) {
    if (entry.fields[index] === name) return entry.fields[index + 1];
  }
  return undefined;
}

/** Milliseconds (epoch) at which Redis took the entry in. */
export function addedAt(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}

/** Negative when `a` is older. Sequence numbers may exceed a safe integer, hence BigInt for equal times. */
export function compareIds(a: string, b: string): number {
  const difference = addedAt(a) - addedAt(b);
  if (difference !== 0) return difference;
  const [left, right] = [sequenceOf(a), sequenceOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The id just before `id`. */
export function idBefore(id: string): string {
  const [time = '0', sequence = '0'] = id.split('-');
  if (sequence !== '0') return `${time}-${BigInt(sequence) - 1n}`;
  return time === '0' ? '0-0' : `${BigInt(time) - 1n}-18446744073709551615`;
}

function sequenceOf(id: string): bigint {
  return BigInt(id.slice(id.indexOf('-') + 1));
}
