/** `npm run docs:errors`: writes docs/errors.md from the doc comments of the error enums. The test that checks it does it. */
process.env.WRITE_DOCS = '1';
process.argv.push('test/docs');
await import('./test.mjs');
