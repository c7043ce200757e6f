/** Writes docs/errors.md from the doc comments of the error enums. The test that checks it does it. */
export async function run() {
  process.env.WRITE_DOCS = '1';
  process.argv.push('test/docs');
  await import('../../test.mjs');
  return process.exitCode;
}
