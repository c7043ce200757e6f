import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'bson';
import { nodeFiles, type FileLayer } from './file-layer.js';
import { GroupCommit, type PendingRecord } from './group-commit.js';
import { LogWriter } from './log-writer.js';

const folder = mkdtempSync(join(tmpdir(), 'group-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let segment = 0;
async function withCommits(
  files: FileLayer,
  use: (commits: GroupCommit, seen: string[]) => Promise<void>,
): Promise<void> {
  const log = new LogWriter(files, folder, ++segment);
  const seen: string[] = [];
  await use(new GroupCommit(log, 'none', () => seen.push('flushed')), seen);
  await log.close();
}

const record = (name: string, seen: string[]): PendingRecord => ({
  body: [serialize({ name })],
  written: () => seen.push(`${name} written`),
  failed: () => seen.push(`${name} failed`),
});

describe('GroupCommit', () => {
  it('writes the records of one turn at once', () => {
    let writes = 0;
    const counting: FileLayer = {
      ...nodeFiles,
      writev(fd, buffers) {
        writes += 1;
        return nodeFiles.writev(fd, buffers);
      },
    };
    return withCommits(counting, async (commits, seen) => {
      await Promise.all(['a', 'b', 'c'].map((name) => commits.add(record(name, seen))));
      expect(seen).toEqual(['a written', 'b written', 'c written', 'flushed']);
      expect(writes).toBe(1);
    });
  });

  it('forgets no record that comes right after a write', () =>
    withCommits(nodeFiles, async (commits, seen) => {
      for (let turns = 0; turns < 12; turns++) {
        await commits.add(record('first', seen));
        for (let i = 0; i < turns; i++) await Promise.resolve();
        await commits.add(record(`after ${turns}`, seen));
        expect(seen.at(-2)).toBe(`after ${turns} written`);
      }
    }));

  it('takes back everything that waits, newest first, when a write fails', () => {
    const full: FileLayer = {
      ...nodeFiles,
      writev: () => {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      },
    };
    return withCommits(full, async (commits, seen) => {
      const outcomes = await Promise.allSettled([
        commits.add(record('a', seen)),
        commits.add(record('b', seen)),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'rejected', reason: { code: 14031 } },
        { status: 'rejected', reason: { code: 14031 } },
      ]);
      expect(seen).toEqual(['b failed', 'a failed']);
    });
  });
});
