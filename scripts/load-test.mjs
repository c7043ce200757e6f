/** `npm run load-test -- 1000 50`: events to a running gateway; `--help` says more. */
import { runTool } from './lib/run-tool.mjs';

await runTool('load-test/main.js');
