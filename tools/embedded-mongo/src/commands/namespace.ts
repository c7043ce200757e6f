import { commandError } from '../errors.js';

/** Databases of MongoDB itself: change streams over the cluster leave them out. */
export const SYSTEM_DATABASES: ReadonlySet<string> = new Set(['admin', 'config', 'local']);

const MAX_DATABASE_NAME = 63;
const MAX_NAMESPACE = 255;

export function assertDatabaseName(db: unknown): asserts db is string {
  if (
    typeof db !== 'string' ||
    db === '' ||
    Buffer.byteLength(db) > MAX_DATABASE_NAME ||
    /[/\\. "$\0]/.test(db)
  ) {
    throw commandError(73, `Invalid database name: '${String(db)}'`);
  }
}

export function assertNamespace(db: string, name: unknown): asserts name is string {
  const bad =
    typeof name !== 'string' ||
    name === '' ||
    name.startsWith('.') ||
    /[$\0]/.test(name) ||
    Buffer.byteLength(`${db}.${name}`) > MAX_NAMESPACE;
  if (bad) throw commandError(73, `Invalid namespace specified '${db}.${String(name)}'`);
}

/** `db.collection` in its two parts. */
export function parseNamespace(ns: unknown): { db: string; name: string } {
  const text = typeof ns === 'string' ? ns : '';
  const dot = text.indexOf('.');
  const db = text.slice(0, Math.max(dot, 0));
  const name = text.slice(dot + 1);
  assertDatabaseName(db);
  assertNamespace(db, name);
  return { db, name };
}
