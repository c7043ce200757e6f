interface Describe {
  (name: string, body: () => void): void;
  skip: (name: string, body: () => void) => void;
}

/**
 * `describeWith(describe, redisUnavailableReason())('…', () => …)` skips the block, saying why, where a server can't be
 * had. On a build server (`CI=true`) nothing is skipped: the block runs, and fails, unless no servers were asked for.
 */
export function describeWith(describe: Describe, unavailable: string | undefined): Describe['skip'] {
  if (!unavailable || mustRun()) return describe;
  return (name, body) => {
    describe.skip(`${name} [skipped: ${unavailable}]`, body);
  };
}

function mustRun(): boolean {
  return process.env.CI === 'true' && process.env.RMS_TEST_SERVERS !== 'none';
}
