import type { Document } from 'mongodb';
import type { CheckContext } from '../check-context.js';
import type { Found } from '../finding.js';
import type { CollectionFacts } from './collection-facts.js';

const NAME = 'pre-images';
const SINCE_MAJOR = 6;

/** Without pre-images, what an outsider deletes can't be traced to its record key. */
export function preImagesCheck({ db, entity }: CheckContext, facts: CollectionFacts, version: string): Found {
  if (Number.parseInt(version, 10) < SINCE_MAJOR) {
    const says = `MongoDB ${version} has none: documents that others delete, or whose ${entity.keyField} they change, can't be traced`;
    return { name: NAME, verdict: 'notice', says };
  }
  if (facts.type === 'none') return { name: NAME, verdict: 'fine', says: 'switched on at the first start' };
  const setting = facts.options.changeStreamPreAndPostImages as Document | undefined;
  if (setting?.enabled === true) return { name: NAME, verdict: 'fine', says: 'switched on' };
  const command = { collMod: entity.collection, changeStreamPreAndPostImages: { enabled: true } };
  return {
    name: NAME,
    verdict: 'mend',
    says: 'switched off: deletes by others could not be traced to their records',
    mend: [`mongosh: db.runCommand(${JSON.stringify(command)})`],
    fix: { says: `switch on pre-images of ${entity.collection}`, run: () => db.command(command) },
  };
}
