/**
 * Field names in memory. A JavaScript object puts names that are array indexes first and holds each name
 * once; BSON does neither. A field name never contains a zero byte, so what follows one tells such fields
 * apart: `7` is held as `7\0`, a second `a` as `a\0\u0001`.
 */
const MARK = '\0';

/** The property a document holds a field under, given the field's name (or already that property). */
export function propertyOf(name: string): string {
  const first = name.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && /^(0|[1-9]\d{0,9})$/.test(name) ? name + MARK : name;
}

/** The property for a further field of the same name: the next one that is free. */
export function repeatedProperty(doc: object, property: string): string {
  const base = property.endsWith(MARK) ? property : property + MARK;
  for (let n = 1; ; n++) {
    const candidate = base + String.fromCharCode(n);
    if (!Object.hasOwn(doc, candidate)) return candidate;
  }
}

/** The field's name, given the property it is held under. */
export function nameOf(property: string): string {
  const mark = property.indexOf(MARK);
  return mark < 0 ? property : property.slice(0, mark);
}
