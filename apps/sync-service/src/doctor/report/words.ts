import type { Verdict } from '../finding.js';

/** What people read. */
export const WORDS: Readonly<Record<Verdict, string>> = {
  fine: 'fine',
  notice: 'worth knowing',
  skipped: 'will be skipped',
  unseen: 'could not look',
  mend: 'must be mended',
};
