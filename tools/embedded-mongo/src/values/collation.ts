import { commandError, unsupported } from '../errors.js';
import { asDocument, type Document } from './document.js';
import { asNumeric, toDouble } from './numbers.js';

/** String comparison by the rules of a language. */
export interface Collation {
  /** The specification it was made from, with `locale` and `strength` filled in. */
  readonly spec: Readonly<Record<string, unknown>>;
  compare(a: string, b: string): number;
  /** Strings that compare equal have the same key. Stable within the process only. */
  key(text: string): string;
}

const FIELDS = new Set([
  'locale',
  'caseLevel',
  'caseFirst',
  'strength',
  'numericOrdering',
  'alternate',
  'maxVariable',
  'backwards',
  'normalization',
  'version',
]);
const parsed = new Map<string, Collation>();

/** `undefined` for no collation or the `simple` one. Throws BadValue (2) for an unknown locale. */
export function parseCollation(spec: unknown): Collation | undefined {
  if (spec === undefined || spec === null) return undefined;
  const fields = asDocument(spec);
  if (!fields) throw commandError(14, "BSON field 'collation' is the wrong type, expected type 'object'");
  for (const name of Object.keys(fields)) {
    if (!FIELDS.has(name)) throw commandError(40415, `BSON field 'collation.${name}' is an unknown field.`);
  }
  const { locale } = fields;
  if (typeof locale !== 'string') {
    throw commandError(40414, "BSON field 'collation.locale' is missing but a required field");
  }
  if (locale === 'simple') return undefined;
  const strength = strengthOf(fields);
  const id = JSON.stringify({ ...fields, strength });
  let collation = parsed.get(id);
  if (!collation) {
    collation = new LanguageCollation({ ...fields, strength }, collatorOf(fields, locale, strength));
    parsed.set(id, collation);
  }
  return collation;
}

/**
 * Intl.Collator compares but gives no sort keys. The key of a string is therefore the first string seen that
 * compares equal, found by binary search: exact for every language, at the price of remembering the keys.
 */
class LanguageCollation implements Collation {
  readonly compare: (a: string, b: string) => number;
  private readonly keys: string[] = [];

  constructor(
    readonly spec: Readonly<Record<string, unknown>>,
    collator: Intl.Collator,
  ) {
    this.compare = collator.compare;
  }

  key(text: string): string {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const candidate = this.keys[middle]!;
      const order = this.compare(candidate, text);
      if (order === 0) return candidate;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    this.keys.splice(low, 0, text);
    return text;
  }
}

function strengthOf(fields: Document): number {
  const numeric = asNumeric(fields.strength ?? 3);
  const strength = numeric === undefined ? Number.NaN : toDouble(numeric);
  if (![1, 2, 3, 4, 5].includes(strength)) {
    throw commandError(51024, `BSON field 'collation.strength' has to be a whole number from 1 to 5`);
  }
  if (strength > 3) throw unsupported(`a collation of strength ${strength}`);
  return strength;
}

function collatorOf(fields: Document, locale: string, strength: number): Intl.Collator {
  if (fields.backwards === true) throw unsupported('a collation with backwards: true');
  if (fields.maxVariable !== undefined && fields.maxVariable !== 'punct') {
    throw unsupported('a collation with maxVariable');
  }
  const { caseFirst } = fields;
  const options: Intl.CollatorOptions = {
    sensitivity: sensitivityOf(strength, fields.caseLevel === true),
    numeric: fields.numericOrdering === true,
    ignorePunctuation: fields.alternate === 'shifted',
  };
  if (caseFirst === 'upper' || caseFirst === 'lower') options.caseFirst = caseFirst;
  return new Intl.Collator(languageTag(locale), options);
}

function sensitivityOf(strength: number, caseLevel: boolean): 'base' | 'accent' | 'case' | 'variant' {
  if (strength === 1) return caseLevel ? 'case' : 'base';
  return strength === 2 && !caseLevel ? 'accent' : 'variant';
}

const VARIANTS: Readonly<Record<string, string>> = {
  phonebook: 'phonebk',
  traditional: 'trad',
  search: 'search',
  stroke: 'stroke',
  pinyin: 'pinyin',
  zhuyin: 'zhuyin',
};

/** ICU's `de_AT@collation=phonebook` as the tag Intl knows: `de-AT-u-co-phonebk`. */
function languageTag(locale: string): string {
  const [name = '', keyword] = locale.split('@');
  const variant = keyword === undefined ? undefined : VARIANTS[keyword.replace(/^collation=/, '')];
  const tag = name.replaceAll('_', '-') + (variant ? `-u-co-${variant}` : '');
  const valid = keyword === undefined || variant !== undefined;
  if (!valid || !isSupported(tag)) {
    throw commandError(2, `Field 'locale' is invalid in: { locale: "${locale}" }`);
  }
  return tag;
}

function isSupported(tag: string): boolean {
  try {
    return Intl.Collator.supportedLocalesOf([tag]).length > 0;
  } catch {
    return false;
  }
}
