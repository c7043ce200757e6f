import { SnapshotProgress } from './snapshot-progress.js';

describe('SnapshotProgress', () => {
  it('knows nothing of an end before it has counted something', () => {
    const progress = new SnapshotProgress('no-position', 1_000);
    progress.enter('users', null);
    expect(progress.status(1_000)).toEqual({
      reason: 'no-position',
      since: 1_000,
      entity: 'users',
      done: 0,
      total: null,
      rate: 0,
      etaSeconds: null,
    });
  });

  it('tells the rate, and when it will be done', () => {
    const progress = new SnapshotProgress('history-lost', 0);
    progress.enter('users', 1_000);
    progress.advance(250);
    expect(progress.status(500)).toMatchObject({ done: 250, total: 1_000, rate: 500, etaSeconds: 2 });
  });

  it('documents that came after the estimate do not make the rest negative', () => {
    const progress = new SnapshotProgress('resumed', 0);
    progress.enter('users', 10);
    progress.advance(30);
    expect(progress.status(1_000).etaSeconds).toBe(0);
  });
});
