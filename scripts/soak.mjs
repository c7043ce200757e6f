/** `npm run soak [-- --minutes M]`: builds when that is due, then runs the product under load (test/soak). */
import './lib/require-node.mjs';
import { runSource } from './lib/run-source.mjs';

await runSource('test/soak/main.ts');
