/** Imported by commands that read settings: takes `.env` in; the environment itself wins over it. */
import fs from 'node:fs';
import { inProject } from './project.mjs';

if (fs.existsSync(inProject('.env'))) process.loadEnvFile(inProject('.env'));
