import { Landings } from './landings.js';

describe('how long writes take from Redis into Mongo', () => {
  it('ends when Mongo holds the version, or a newer one', () => {
    const landings = new Landings();
    landings.captured('a', 1, 100);
    landings.captured('a', 2, 200);
    landings.captured('b', 9, 200);
    landings.landed('a', 2, 250);
    expect([landings.worst(0, 150), landings.worst(150, 300)]).toEqual([150, 50]);
  });

  it('takes no time when Mongo held it before the stream was looked at', () => {
    const landings = new Landings();
    landings.landed('a', 2, 90);
    landings.captured('a', 1, 100);
    landings.captured('a', 2, 101);
    landings.landed('a', 3, 5_000);
    expect(landings.worst(0, 10_000)).toBe(0);
  });
});
