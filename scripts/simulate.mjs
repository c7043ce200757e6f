/** `npm run simulate [-- --runs N --seed S …]`: builds when that is due, then simulates (test/simulation/main.ts). */
import './lib/require-node.mjs';
import { runSource } from './lib/run-source.mjs';

await runSource('test/simulation/main.ts');
