/** `node scripts/run-source.mjs libs/x/bench/main.ts …`: builds when that is due, then runs that program. */
import './lib/require-node.mjs';
import { runSource } from './lib/run-source.mjs';

const [program] = process.argv.splice(2, 1);
await runSource(program);
