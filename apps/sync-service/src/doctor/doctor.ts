import type { CheckContext } from './check-context.js';
import { exitCodeOf, type Finding } from './finding.js';
import { isFirstStart } from './first-start.js';
import { applyFixes } from './fixes.js';
import type { DoctorOptions } from './options.js';
import { jsonText } from './report/json.js';
import { shortTableText, tableText, type Subject } from './report/table.js';
import { runChecks } from './run-checks.js';

interface Output {
  /** The report. */
  readonly say: (text: string) => void;
  /** What is said beside it. */
  readonly tell: (line: string) => void;
}

/** Looks, reports, and with `fix` mends. Resolves to the exit code. */
export async function doctor(
  context: CheckContext,
  options: DoctorOptions,
  { say, tell }: Output,
): Promise<number> {
  if (options.firstStart && !(await isFirstStart(context))) return 0;
  const subject = subjectOf(context);
  const findings = await runChecks(context);
  if (context.signal.aborted) return 0;
  if (options.firstStart) {
    say(shortTableText(subject, findings));
    return exitCodeOf(findings);
  }
  const wanted = options.fix && !options.dryRun;
  const after = wanted ? await applyFixes(findings, tell) : findings;
  const fixed = wanted ? fixesOf(findings).filter((says) => !fixesOf(after).includes(says)) : [];
  say(options.json ? jsonText(subject, after, fixed) : tableText(subject, after));
  if (options.fix && options.dryRun) for (const says of fixesOf(findings)) tell(`--fix would ${says}`);
  return exitCodeOf(after);
}

function fixesOf(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ fix }) => (fix ? [fix.says] : []));
}

function subjectOf({ entity, db }: CheckContext): Subject {
  const collection = `${db.databaseName}.${entity.collection}`;
  return { entity: entity.name, collection, keys: entity.keyTemplate };
}
