import type { Provider } from '../../resolve/provider.js';
import { downloadMongod, isDownloadHostReachable } from '../download-mongod.js';
import { startPersistentMongod } from './started-mongo.js';

interface DownloadOptions {
  /** Where `mongod` is to be kept for the next start. */
  readonly binaries: string;
  /** Where its data go. */
  readonly folder: string;
  readonly mayInstall: boolean;
  readonly say: (line: string) => void;
}

/** A `mongod` that mongodb-memory-server downloads – once – where the network allows it. */
export function downloadedMongo(options: DownloadOptions): Provider {
  return {
    name: 'download',
    offer: async () => {
      if (!options.mayInstall) return { outcome: 'passed', because: 'downloads were refused (--no-install)' };
      if (!(await isDownloadHostReachable()))
        return { outcome: 'passed', because: 'the download of mongod is not reachable' };
      options.say('· downloading mongod (about 100 MB, once; refuse with --no-install) …');
      const download = await downloadMongod(options.binaries);
      if (!download.ok)
        return { outcome: 'passed', because: `the download of mongod failed: ${download.reason}` };
      return startPersistentMongod(
        download.binary,
        options.folder,
        'mongod was downloaded by mongodb-memory-server',
      );
    },
  };
}
