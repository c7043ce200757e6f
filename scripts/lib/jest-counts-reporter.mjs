import fs from 'node:fs';

/** A Jest reporter that writes how many tests passed, failed and were skipped to the file RMS_TEST_COUNTS names. */
export default class CountsReporter {
  onRunComplete(_contexts, results) {
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites, // a file that can't be loaded is a failure
      skipped: results.numPendingTests + results.numTodoTests,
    };
    fs.writeFileSync(process.env.RMS_TEST_COUNTS, JSON.stringify(counts));
  }
}
