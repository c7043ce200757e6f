/** `npm run fuzz [-- --requests N --seed S]`: builds when that is due, then fuzzes the HTTP endpoints (test/fuzz). */
import './lib/require-node.mjs';
import { runSource } from './lib/run-source.mjs';

await runSource('test/fuzz/http/main.ts');
