/** `npm run consumer -- --help` says what it does. */
import { runTool } from './lib/run-tool.mjs';

await runTool('consumer.js');
