import { readdirSync } from 'node:fs';

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git', '.data', '.cache', 'reports']);

/** All files of the project whose names end like this, as paths from its root. */
export function filesEnding(ending: string, folder = '.'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesEnding(ending, path);
    return path.endsWith(ending) ? [path] : [];
  });
}
