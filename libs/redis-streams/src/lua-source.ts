import { readFileSync } from 'node:fs';

const DIRECTIVE = /^[ \t]*--@include.*$/gm;
const INCLUDE = /^--@include ([\w-]+(?:\/[\w-]+)*)$/;

/**
 * The text of a Lua file, with what it includes pasted in: a line `--@include includes/stamp` stands for the text of
 * `includes/stamp.lua`, seen from the file's own folder. Included files may include others; each is pasted once, where
 * it is first asked for.
 *
 * @throws Error naming both files when an included one cannot be read
 */
export function readLua(file: URL): string {
  return paste(file, readFileSync(file, 'utf8'), new Set([file.href]));
}

function paste(file: URL, text: string, pasted: Set<string>): string {
  return text.replace(DIRECTIVE, (line) => {
    const [, name] = INCLUDE.exec(line.trim()) ?? [];
    if (name === undefined) throw new Error(`${nameOf(file)}: "${line.trim()}" names no file to include`);
    const included = new URL(`${name}.lua`, file);
    if (pasted.has(included.href)) return '';
    pasted.add(included.href);
    return paste(included, readIncluded(included, file), pasted);
  });
}

function readIncluded(included: URL, by: URL): string {
  try {
    return readFileSync(included, 'utf8');
  } catch (cause) {
    throw new Error(`${nameOf(by)} includes ${nameOf(included)}, which cannot be read`, { cause });
  }
}

function nameOf({ pathname }: URL): string {
  return pathname.slice(pathname.lastIndexOf('/') + 1);
}
