export const TEST_HELP = `npm test -- [options] [jest arguments]
  --docker       run the integration tests against containers (testcontainers) instead of this machine's servers
  --unit         only the tests that need no server
  --no-install   do not install redis-server with apt-get, even where that would be possible
  everything else goes to jest, e.g.  npm test -- libs/sync-core -t "I3"`;

/** Splits `npm test`'s own options from those that jest gets. */
export function parseTestArguments(args) {
  const own = new Set(['--docker', '--unit', '--no-install', '--help']);
  const given = new Set(args.filter((arg) => own.has(arg)));
  return {
    docker: given.has('--docker') || process.env.RMS_TEST_SERVERS === 'docker',
    unit: given.has('--unit'),
    mayInstall: !given.has('--no-install'),
    help: given.has('--help'),
    jest: args.filter((arg) => !own.has(arg)),
  };
}
