export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Jest's exit code; never success when no test ran. */
export function exitCodeOf(jestExitCode, { passed, failed }) {
  if (jestExitCode !== 0) return jestExitCode;
  return failed > 0 || passed === 0 ? 1 : 0;
}
