/** `npm run producer -- --help` says what it does. */
import { runTool } from './lib/run-tool.mjs';

await runTool('producer.js');
