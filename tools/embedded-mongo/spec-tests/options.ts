import { parseArgs } from 'node:util';

/** Where a checkout of the specifications' test data is looked for, from the project's folder. */
const DEFAULT_FOLDER = '../shared/mongodb-specs';

export const USAGE = `Usage: npm run tool -- mongodb-specs -- [folder] [--uri mongodb://…] [--only text]
Runs MongoDB's driver specification tests (unified test format) against the embedded stand-in.
  folder  a checkout of github.com/mongodb/specifications, one of its folders, or one file;
          without it MONGODB_SPECS, or ${DEFAULT_FOLDER} when that is there
  --uri   another server; the tests drop and fill collections in it and make commands fail
  --only  tests whose "suite/file :: description" contains this text`;

export interface SpecTestOptions {
  folder: string;
  uri: string | undefined;
  only: string;
  help: boolean;
}

export function parseOptions(args: string[], env: NodeJS.ProcessEnv): SpecTestOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      uri: { type: 'string' },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  const folder = positionals[0] ?? env.MONGODB_SPECS ?? DEFAULT_FOLDER;
  return { folder, uri: values.uri, only: values.only, help: values.help };
}
