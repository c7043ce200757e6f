/** `npm run example -- saga`: one of the patterns of libs/redis-streams, against a Redis of its own. */
import './lib/require-node.mjs';
import { runSource } from './lib/run-source.mjs';

await runSource('libs/redis-streams/examples/main.ts');
