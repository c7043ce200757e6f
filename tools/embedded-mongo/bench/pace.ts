/** Repeats an operation from several hands at once for some time; gives how often it ended per second. */
export async function perSecond(
  operation: (hand: number) => Promise<unknown>,
  { inFlight, forMs }: { inFlight: number; forMs: number },
): Promise<number> {
  let count = 0;
  const from = performance.now();
  const hand = async (number: number) => {
    while (performance.now() - from < forMs) {
      await operation(number);
      count++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, number) => hand(number)));
  return (count * 1_000) / (performance.now() - from);
}

/** How long each of a number of operations took, one after the other, in ms. */
export async function durations(
  count: number,
  operation: (at: number) => Promise<unknown>,
): Promise<number[]> {
  const taken: number[] = [];
  for (let at = 0; at < count; at++) {
    const from = performance.now();
    await operation(at);
    taken.push(performance.now() - from);
  }
  return taken;
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
