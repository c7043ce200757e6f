/** How much a look may cost. */
export interface Effort {
  /** Collections of more documents, or bytes, are sampled. */
  readonly wholeDocuments: number;
  readonly wholeBytes: number;
  /** Documents in a sample. Below one twentieth of the collection MongoDB takes one without reading everything. */
  readonly sample: number;
  /** Keys of Redis that are walked past; SCAN's order is as good as random, so that these are a sample, too. */
  readonly keys: number;
  /** How long MongoDB may look for duplicates, ms; 0: as long as it takes. */
  readonly patienceMs: number;
}

export const EFFORTS = {
  /** While somebody waits for the start. */
  brief: { wholeDocuments: 20_000, wholeBytes: 2 ** 26, sample: 1_000, keys: 20_000, patienceMs: 2_000 },
  usual: {
    wholeDocuments: 200_000,
    wholeBytes: 2 ** 30,
    sample: 10_000,
    keys: 1_000_000,
    patienceMs: 30_000,
  },
  full: { wholeDocuments: Infinity, wholeBytes: Infinity, sample: 0, keys: Infinity, patienceMs: 0 },
} as const satisfies Record<string, Effort>;
