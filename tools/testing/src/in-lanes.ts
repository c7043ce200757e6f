/** Runs `count` steps, `lanes` at a time. */
export async function inLanes(
  lanes: number,
  count: number,
  step: (i: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < count) await step(next++);
    }),
  );
}
