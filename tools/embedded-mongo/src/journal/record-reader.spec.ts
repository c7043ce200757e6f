import { serialize, deserialize } from 'bson';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { documentsOf, recordHeader } from './record.js';
import { readRecords, type ReadEnd } from './record-reader.js';

const folder = mkdtempSync(join(tmpdir(), 'records-'));
const path = join(folder, 'log');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const record = (...docs: object[]) => {
  const body = docs.map((doc) => serialize(doc));
  return Buffer.concat([recordHeader(body), ...body]);
};
const records = [record({ n: 1 }), record({ n: 2 }, { text: 'x'.repeat(50) }), record({ n: 3 })];
const whole = Buffer.concat(records);

function read(bytes: Buffer): { seen: unknown[]; end: ReadEnd } {
  writeFileSync(path, bytes);
  const seen: unknown[] = [];
  const end = readRecords(path, (body) => {
    seen.push([...documentsOf(body)].map((doc) => deserialize(doc)));
  });
  return { seen, end };
}

describe('readRecords', () => {
  it('reads what was written', () => {
    const { seen, end } = read(whole);
    expect(seen).toEqual([[{ n: 1 }], [{ n: 2 }, { text: 'x'.repeat(50) }], [{ n: 3 }]]);
    expect(end).toEqual({ kind: 'whole', good: whole.length, rest: 0 });
  });

  it('cuts a file that ends anywhere within a record back to the last whole one', () => {
    const ends = [0, ...records.map((_, i) => Buffer.concat(records.slice(0, i + 1)).length)];
    for (let length = 0; length <= whole.length; length++) {
      const good = Math.max(...ends.filter((end) => end <= length));
      const { seen, end } = read(whole.subarray(0, length));
      expect(seen).toHaveLength(ends.indexOf(good));
      expect(end).toEqual({ kind: good === length ? 'whole' : 'torn', good, rest: length - good });
    }
  });

  it('takes trailing zeros, as a crash may leave them, for an unfinished record', () => {
    expect(read(Buffer.concat([whole, Buffer.alloc(4_096)])).end).toEqual({
      kind: 'torn',
      good: whole.length,
      rest: 4_096,
    });
  });

  it('calls a file damaged when whole records follow the bad one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 255 }), (bit, mask) => {
        for (const at of [0, 5, 12, records[0]?.length ?? 0]) {
          const bytes = Buffer.from(whole);
          bytes[at + bit] = (bytes[at + bit] ?? 0) ^ mask;
          const { end } = read(bytes);
          expect(end.kind).toBe('damaged');
          expect(end.good).toBeLessThanOrEqual(at);
        }
      }),
      { numRuns: 50 },
    );
  });
});
