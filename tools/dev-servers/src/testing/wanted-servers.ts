type WantedServers = 'local' | 'docker' | 'none';

/** Which servers tests run against: `RMS_TEST_SERVERS`, set by `npm test -- --docker`. Default `local`. */
export function wantedServers(env: NodeJS.ProcessEnv = process.env): WantedServers {
  const wanted = env.RMS_TEST_SERVERS ?? 'local';
  if (wanted === 'local' || wanted === 'docker' || wanted === 'none') return wanted;
  throw new Error(`RMS_TEST_SERVERS must be local, docker or none, not '${wanted}'.`);
}
