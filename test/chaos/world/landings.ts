interface Landing {
  /** ms since the run began. */
  readonly capturedAt: number;
  readonly tookMs: number;
}

/**
 * How long each write on `redis_changes` took until Mongo held it, or a newer version of its record: also what a killed
 * consumer had read and not settled, which waits until another one takes it over.
 */
export class Landings {
  private readonly inFlight = new Map<string, { readonly version: number; readonly at: number }[]>();
  private readonly held = new Map<string, number>();
  private readonly landings: Landing[] = [];

  captured(key: string, version: number, at: number): void {
    if ((this.held.get(key) ?? 0) >= version) {
      this.landings.push({ capturedAt: at, tookMs: 0 }); // in Mongo before the stream was looked at
      return;
    }
    const list = this.inFlight.get(key);
    if (list) list.push({ version, at });
    else this.inFlight.set(key, [{ version, at }]);
  }

  landed(key: string, version: number, at: number): void {
    this.held.set(key, Math.max(version, this.held.get(key) ?? 0));
    const list = this.inFlight.get(key);
    if (!list) return;
    for (const one of list.filter((inFlight) => inFlight.version <= version))
      this.landings.push({ capturedAt: one.at, tookMs: Math.round(at - one.at) });
    this.inFlight.set(
      key,
      list.filter((inFlight) => inFlight.version > version),
    );
  }

  /** What is under way is not measured: Redis forgot it, or Mongo was not watched when it landed. */
  forget(): void {
    this.inFlight.clear();
  }

  /** Of what was captured from `from` to `to`, ms since the run began. What never landed is for the judge. */
  worst(from: number, to: number): number {
    const took = this.landings.filter(({ capturedAt }) => capturedAt >= from && capturedAt < to);
    return took.reduce((worst, { tookMs }) => Math.max(worst, tookMs), 0);
  }
}
