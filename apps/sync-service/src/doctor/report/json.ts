import { exitCodeOf, type Finding } from '../finding.js';
import type { Subject } from './table.js';

/** The findings for machines: verdicts as in the code, fixes as their sentence. */
export function jsonText(subject: Subject, findings: readonly Finding[], fixed: readonly string[]): string {
  const plain = findings.map(({ fix, ...finding }) => ({ ...finding, ...(fix ? { fix: fix.says } : {}) }));
  return JSON.stringify({ ...subject, exitCode: exitCodeOf(findings), fixed, findings: plain }, null, 2);
}
