import { forecastOplog, type OplogLook } from './oplog-forecast.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function look(minutes: { first: number; last: number; position: number | null; at?: number }): OplogLook {
  return {
    at: (minutes.at ?? minutes.last) * MINUTE,
    firstMs: minutes.first * MINUTE,
    lastMs: minutes.last * MINUTE,
    positionMs: minutes.position === null ? null : minutes.position * MINUTE,
  };
}

describe('forecastOplog', () => {
  it('a token 40 minutes old in a window of 3 hours is in no danger', () => {
    expect(forecastOplog(look({ first: 0, last: 180, position: 140 }), null)).toEqual({
      windowMs: 3 * HOUR,
      positionAgeMs: 40 * MINUTE,
      lostInMs: null,
      danger: false,
    });
  });

  it('a position in the older half of the window is in danger', () => {
    expect(forecastOplog(look({ first: 0, last: 180, position: 85 }), null).danger).toBe(true);
    expect(forecastOplog(look({ first: 0, last: 180, position: 95 }), null).danger).toBe(false);
  });

  it('a small window alone is no danger: a young replica set, a test', () => {
    expect(forecastOplog(look({ first: 0, last: 1, position: 0 }), null).danger).toBe(false);
  });

  it('foresees the loss from the pace at which the oplog is cut', () => {
    const before = look({ first: 0, last: 180, position: 170 });
    // Ten minutes later the oplog begins 60 minutes later, and capture has not moved.
    const now = look({ first: 60, last: 190, position: 170 });
    const { lostInMs, danger } = forecastOplog(now, before);
    expect(lostInMs).toBe(Math.round((110 / 60) * 10 * MINUTE));
    expect(danger).toBe(true);
  });

  it('a capture that moves faster than the oplog is cut will not lose it', () => {
    const before = look({ first: 0, last: 180, position: 120 });
    const now = look({ first: 5, last: 190, position: 150 });
    expect(forecastOplog(now, before)).toMatchObject({ lostInMs: null, danger: false });
  });

  it('has nothing to say of a position that is not there', () => {
    expect(forecastOplog(look({ first: 0, last: 180, position: null }), null)).toMatchObject({
      positionAgeMs: null,
      danger: false,
    });
  });
});
