import type { OplogWindow } from '@redis-mongo-sync/sync-adapters';
import type { CapturePosition } from '@redis-mongo-sync/sync-core';
import { OplogWatch } from './oplog-watch.js';

const HOUR = 3_600_000;
const T0 = 1_800_000_000_000;

/** A position whose token was given at this time. */
function positionAt(ms: number): CapturePosition {
  const seconds = Math.floor(ms / 1000)
    .toString(16)
    .padStart(8, '0')
    .toUpperCase();
  return { feed: JSON.stringify({ _data: `82${seconds}00000001FF` }) };
}

describe('OplogWatch', () => {
  let window: OplogWindow;
  let position: CapturePosition | null;
  let alerts: string[];
  let watch: OplogWatch;
  beforeEach(() => {
    window = { known: true, firstMs: T0, lastMs: T0 + 3 * HOUR };
    position = positionAt(T0 + 3 * HOUR);
    alerts = [];
    watch = new OplogWatch({
      readWindow: () => Promise.resolve(window),
      readPosition: () => Promise.resolve(position),
      alert: (code, message) => void alerts.push(`${code} ${message}`),
    });
  });

  it('tells how old the token is, and how far back the oplog reaches', async () => {
    position = positionAt(T0 + 3 * HOUR - 40 * 60_000);
    expect(await watch.look()).toMatchObject({
      windowMs: 3 * HOUR,
      positionAgeMs: 40 * 60_000,
      danger: false,
    });
    expect(alerts).toEqual([]);
  });

  it('warns before the loss: once, and again only after the danger had passed', async () => {
    position = positionAt(T0 + HOUR);
    await watch.look();
    await watch.look();
    expect(alerts).toEqual(['SYNC_105 the capture position is 120 min old, the oplog reaches back 180 min']);
    position = positionAt(T0 + 3 * HOUR);
    await watch.look();
    position = positionAt(T0 + HOUR);
    await watch.look();
    expect(alerts).toHaveLength(2);
  });

  it('says why it does not know, and never fails', async () => {
    window = { known: false, reason: 'not authorized on local' };
    expect(await watch.look()).toEqual({ unknown: 'not authorized on local' });
    const broken = new OplogWatch({
      readWindow: () => Promise.reject(new Error('down')),
      readPosition: () => Promise.resolve(null),
      alert: () => undefined,
    });
    expect(await broken.look()).toEqual({ unknown: 'down' });
  });

  it('has no age without a position, or with a token it cannot read', async () => {
    position = null;
    expect(await watch.look()).toMatchObject({ positionAgeMs: null, danger: false });
    for (const feed of [JSON.stringify({ _data: 'opaque' }), 'not JSON', 'null']) {
      position = { feed };
      expect(await watch.look()).toMatchObject({ positionAgeMs: null, danger: false });
    }
  });
});
