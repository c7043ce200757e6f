/**
 * A BSON document as js-bson decodes it. Documents are immutable by convention throughout this library:
 * stored documents, pre-images and snapshots share their parts.
 */
export type Document = Record<string, unknown>;
