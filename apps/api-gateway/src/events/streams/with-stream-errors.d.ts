/** Runs a step on streams that clients name, with its errors translated: the name may be that of another kind of key. */
export declare function withStreamErrors<T>(step: () => Promise<T>): Promise<T>;
