/** `npm run chaos -- --minutes 5 --seed 1 [--help]`: builds when that is due, then breaks everything (test/chaos). */
import './lib/require-node.mjs';
import { runSource } from './lib/run-source.mjs';

await runSource('test/chaos/main.ts');
