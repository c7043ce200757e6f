import { startEmbeddedMongo } from '../src/index.js';

/**
 * The stand-in in a process of its own. Argument: data folder. Says its address and
 * how long it took to start, then answers `rss` (bytes, after a garbage collection) and `compact`.
 */
const [dbPath = 'data'] = process.argv.slice(2);
const started = performance.now();
const server = await startEmbeddedMongo({ dbPath });
process.send?.({ uri: server.uri, startMs: performance.now() - started });

process.on('message', (question) => {
  void answer(String(question)).then((said) => process.send?.(said));
});
process.once('SIGTERM', () => {
  void server.stop().then(() => process.exit(0));
});

async function answer(question: string): Promise<number> {
  if (question === 'compact') {
    const from = performance.now();
    await server.compact();
    return performance.now() - from;
  }
  globalThis.gc?.();
  return process.memoryUsage().rss;
}
