import { MongoClient } from 'mongodb';
import type { Suite } from './find-suites.js';
import { outcomeOf } from './outcome.js';
import { SuiteReport } from './report.js';
import { runTest } from './run-test.js';
import { learnServerFacts } from './server-facts.js';
import { within } from './within.js';

const TEST_MS = 30_000;

/** Runs all tests whose name contains the text, one after the other. */
export async function runSuites(
  suites: readonly Suite[],
  { uri, only }: { uri: string; only: string },
): Promise<SuiteReport[]> {
  const admin = await new MongoClient(uri).connect();
  try {
    const server = { uri, admin, facts: await learnServerFacts(admin) };
    const reports: SuiteReport[] = [];
    for (const suite of suites) {
      const report = new SuiteReport(suite.name);
      for (const { file, test, name } of testsOf(suite, only)) {
        const run = () => within(TEST_MS, 'the test took too long', runTest(file, test, server));
        report.add(name, await outcomeOf(run));
      }
      reports.push(report);
    }
    return reports;
  } finally {
    await admin.close();
  }
}

function testsOf(suite: Suite, only: string) {
  const all = suite.files.flatMap(({ name: fileName, content: file }) =>
    file.tests.map((test) => ({ file, test, name: `${suite.name}/${fileName} :: ${test.description}` })),
  );
  return all.filter(({ name }) => name.includes(only));
}
