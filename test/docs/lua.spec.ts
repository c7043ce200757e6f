import { readFileSync } from 'node:fs';
import { filesEnding } from '../support/files-ending.js';

const SCRIPTS = filesEnding('.lua').filter((file) => !file.includes('/includes/'));
const INCLUDES = filesEnding('.lua').filter((file) => file.includes('/includes/'));
const textOf = (file: string) => readFileSync(file, 'utf8');
/** Without comments and strings. */
const codeOf = (file: string) =>
  textOf(file)
    .replace(/--\[(=*)\[.*?\]\1\]/gs, '')
    .replace(/'[^'\n]*'|--.*$/gm, '');

describe('Lua files', () => {
  it.each(SCRIPTS)('%s says what it does, takes and returns', (file) => {
    const parts = /^(?:#!.*\n)?--\[(=*)\[\n {2}\S.*?\n\n(.*?)\n\]\1\]\n/s.exec(textOf(file));
    if (textOf(file).startsWith('#!')) return void expect(parts).not.toBeNull(); // a library of functions
    expect(parts?.[2]).toMatch(/^ {2}KEYS {2}\S/m);
    expect(parts?.[2]).toMatch(/^ {2}ARGV {2}\S/m);
    expect(parts?.[2]).toMatch(/^ {2}Returns /m);
  });

  it.each(INCLUDES)('%s says what it defines', (file) => {
    expect(textOf(file)).toMatch(/^--\[\[\n {2}\S.*?\n\n {2}Defines {2}\S.*?\n\]\]\n/s);
  });

  it.each([...SCRIPTS, ...INCLUDES])('%s has names in snake_case', (file) => {
    expect(codeOf(file).match(/\b[a-z]+[A-Z]\w*\b/g) ?? []).toEqual([]);
  });
});
