/** `node download-mongod.mjs <folder>`: prints the path of the mongod that mongodb-memory-server keeps in that folder. */
import { MongoBinary } from 'mongodb-memory-server-core/lib/util/MongoBinary.js';

try {
  console.log(await MongoBinary.getPath({ downloadDir: process.argv[2] }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
