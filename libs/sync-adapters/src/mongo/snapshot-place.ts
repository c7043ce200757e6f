/** How far a snapshot of an entity is: in its tombstones, which come first, or in its documents. */
export type SnapshotPlace =
  | { readonly of: 'tombstones'; readonly after: string | null }
  | { readonly of: 'documents'; readonly after: string };

const MARK = { tombstones: 'tombstone ', documents: 'document ' } as const;

export function placeText({ of, after }: SnapshotPlace): string {
  return `${MARK[of]}${after ?? ''}`;
}

/** The reverse of {@link placeText}. What is none is the beginning: too much published is harmless. */
export function placeOf(text: string | null): SnapshotPlace {
  if (text?.startsWith(MARK.documents)) return { of: 'documents', after: text.slice(MARK.documents.length) };
  if (text?.startsWith(MARK.tombstones))
    return { of: 'tombstones', after: text.slice(MARK.tombstones.length) };
  return { of: 'tombstones', after: null };
}
