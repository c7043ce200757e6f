import type { CheckContext } from '../check-context.js';
import type { Found } from '../finding.js';
import { grouped } from '../shown.js';
import { surveyKeys, type KeySight } from './key-survey.js';

/** Keys where the product will keep records, and what lies there already. */
export async function keyChecks(context: CheckContext): Promise<readonly Found[]> {
  const { looked, fraction, sights } = await surveyKeys(context);
  const name = context.entity.keyTemplate.replace('{key}', '*');
  const records = sights.get('record')?.count ?? 0;
  const part =
    fraction === 1
      ? ''
      : ` in ${Math.max(1, Math.round(fraction * 100))} % of the key space (--full looks at all)`;
  const first: Found = {
    name,
    verdict: 'fine',
    says: `${grouped(looked)} keys${part}, ${grouped(records)} of them records of the product`,
  };
  const adopt = `npm run tool -- backfill --from redis --entity ${context.entity.name} --dry-run`;
  const judged = judgements(adopt).flatMap(({ sight, ...judgement }) => {
    const tally = sights.get(sight);
    return tally ? [{ ...judgement, name: `${name} ${judgement.name}`, ...tally }] : [];
  });
  return [first, ...judged];
}

type Judgement = Pick<Found, 'name' | 'verdict' | 'says' | 'mend'> & { readonly sight: KeySight };

function judgements(adopt: string): readonly Judgement[] {
  const skipped = { verdict: 'skipped', mend: [adopt] } as const;
  const replaced = 'replaced where MongoDB has the record';
  return [
    { sight: 'json', name: 'JSON', says: `not synced until adopted; ${replaced}`, ...skipped },
    { sight: 'hash', name: 'hashes', says: 'not synced until adopted', ...skipped },
    { sight: 'text', name: 'text that is no JSON object', verdict: 'skipped', says: replaced },
    { sight: 'large', name: 'text above 1 MiB', verdict: 'skipped', says: replaced },
    {
      sight: 'other',
      name: 'lists, sets, …',
      verdict: 'mend',
      says: 'the records of these keys could not be written',
      mend: ['redis-cli: RENAME <key> <another name>, one by one'],
    },
    { sight: 'cache', name: 'cache entries', verdict: 'fine', says: 'under document ids: left alone' },
    { sight: 'beside', name: 'others', verdict: 'fine', says: 'no record key in the name: left alone' },
  ];
}
