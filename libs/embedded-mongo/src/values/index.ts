import type { Collation } from './collation.js';

export type { Document } from './document.js';
export type { EvalContext } from './context.js';
export { parseCollation, type Collation } from './collation.js';
export { DESERIALIZE, SERIALIZE } from './bson-options.js';

export declare function compareValues(a: unknown, b: unknown, collation?: Collation): number;
export declare function valuesEqual(a: unknown, b: unknown, collation?: Collation): boolean;
export declare function keyString(value: unknown, collation?: Collation): string;
export declare function cloneValue<T>(value: T): T;
export declare function typeName(value: unknown): string;
/** Plain dotted access: array elements by index only, no fan-out. */
export declare function getPath(doc: unknown, path: string): unknown;
export declare function splitPath(path: string): readonly string[];
