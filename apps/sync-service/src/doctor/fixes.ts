import { errorText } from '@redis-mongo-sync/redis-streams';
import type { Finding } from './finding.js';

/** Carries out what can be fixed. What was fixed is fine from then on; what could not be says why. */
export async function applyFixes(
  findings: readonly Finding[],
  say: (line: string) => void,
): Promise<readonly Finding[]> {
  const after: Finding[] = [];
  for (const finding of findings) after.push(finding.fix ? await apply(finding, say) : finding);
  return after;
}

async function apply(finding: Finding, say: (line: string) => void): Promise<Finding> {
  const { fix, mend: _mend, examples: _examples, count: _count, ...rest } = finding;
  if (!fix) return finding;
  try {
    await fix.run();
    say(`✓ done: ${fix.says}`);
    return { ...rest, verdict: 'fine', says: `done by --fix: ${fix.says}` };
  } catch (error) {
    say(`✗ not done: ${fix.says}: ${errorText(error)}`);
    return finding;
  }
}
