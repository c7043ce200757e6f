import type { AnyCursor } from '../entities.js';

type CursorOperation = (cursor: AnyCursor) => Promise<unknown>;

export const CURSOR_OPERATIONS: Record<string, CursorOperation> = {
  iterateUntilDocumentOrError: (cursor) => cursor.next(),
  iterateOnce: (cursor) => cursor.tryNext(),
  close: (cursor) => cursor.close(),
};
