import path from 'node:path';
import url from 'node:url';

export const PROJECT = path.dirname(path.dirname(path.dirname(url.fileURLToPath(import.meta.url))));

export function inProject(...parts) {
  return path.join(PROJECT, ...parts);
}
