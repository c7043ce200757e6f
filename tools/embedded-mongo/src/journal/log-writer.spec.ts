import { deserialize, serialize } from 'bson';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFiles, type FileLayer } from './file-layer.js';
import { LogWriter, segmentName } from './log-writer.js';
import { readRecords } from './record-reader.js';

const folder = mkdtempSync(join(tmpdir(), 'log-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
let segment = 0;
beforeEach(() => {
  segment += 1;
});

const record = (n: number) => [serialize({ n, text: 'x'.repeat(100) })];
const written = (): unknown[] => {
  const seen: unknown[] = [];
  const end = readRecords(join(folder, segmentName(segment)), (body) => seen.push(deserialize(body).n));
  expect(end.kind).toBe('whole');
  return seen;
};

describe('LogWriter', () => {
  it('writes everything when the system takes only a part of it at a time', async () => {
    const files: FileLayer = {
      ...nodeFiles,
      writev: (fd, [first = Buffer.alloc(0)]) => nodeFiles.writev(fd, [first.subarray(0, 7)]),
    };
    const log = new LogWriter(files, folder, segment);
    log.write([record(1), record(2)]);
    log.write([record(3)]);
    await log.close();
    expect(written()).toEqual([1, 2, 3]);
  });

  it('leaves no half record behind when the disk is full, and goes on when there is room again', async () => {
    let room = Infinity;
    const files: FileLayer = {
      ...nodeFiles,
      writev(fd, [first = Buffer.alloc(0)]) {
        if (room <= 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        const count = nodeFiles.writev(fd, [first.subarray(0, room)]);
        room -= count;
        return count;
      },
    };
    const log = new LogWriter(files, folder, segment);
    log.write([record(1)]);
    room = 60;
    expect(() => {
      log.write([record(2), record(3)]);
    }).toThrow('no space left');
    expect(written()).toEqual([1]);
    room = Infinity;
    log.write([record(4)]);
    await log.close();
    expect(written()).toEqual([1, 4]);
  });

  it('cuts back before the next write when that was not possible at once', async () => {
    let failing = false;
    const fail = () => {
      throw Object.assign(new Error('i/o error'), { code: 'EIO' });
    };
    const files: FileLayer = {
      ...nodeFiles,
      writev(fd, buffers) {
        if (!failing) return nodeFiles.writev(fd, buffers);
        nodeFiles.writev(fd, [Buffer.from('half a record')]);
        return fail();
      },
      truncate: (fd, length) => (failing ? fail() : nodeFiles.truncate(fd, length)),
    };
    const log = new LogWriter(files, folder, segment);
    log.write([record(1)]);
    failing = true;
    expect(() => {
      log.write([record(2)]);
    }).toThrow('i/o error');
    failing = false;
    log.write([record(3)]);
    await log.close();
    expect(readFileSync(join(folder, segmentName(segment))).includes('half')).toBe(false);
    expect(written()).toEqual([1, 3]);
  });

  it('accepts nothing after a failed sync: nobody knows what is on the disk', async () => {
    const files: FileLayer = { ...nodeFiles, sync: () => Promise.reject(new Error('i/o error')) };
    const log = new LogWriter(files, folder, segment);
    log.write([record(1)]);
    await expect(log.sync()).rejects.toThrow('could not be synced');
    expect(() => {
      log.write([record(2)]);
    }).toThrow('could not be synced');
  });
});
