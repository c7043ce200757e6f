import { isSource, parseRecord, type ProjectionResult, type Stamp } from '@redis-mongo-sync/sync-core';
import { parseForeign, type ForeignContent } from './foreign.reply.js';

type Row = [
  result: ProjectionResult['decision'],
  settled: 0 | 1,
  /** `<version> <source>` of what Redis held, or empty; of a `merge` the whole text. */
  stored: string,
];

type Reply = [results: Row[], foreign: string[]];

export interface BatchApplied {
  /** Per change, what became of it. */
  readonly results: readonly ProjectionResult[];
  readonly foreign: readonly ForeignContent[];
}

export function parseApplyBatchReply(raw: unknown): BatchApplied {
  const [results, foreign] = raw as Reply;
  return { results: results.map(resultOf), foreign: parseForeign(foreign) };
}

function resultOf([decision, settled, stored]: Row): ProjectionResult {
  switch (decision) {
    case 'apply':
      return { decision, settled: true, before: stampOf(stored) };
    case 'echo':
    case 'duplicate':
      return { decision, settled: true };
    case 'stale':
      return { decision, settled: settled === 1, winner: stampOf(stored) ?? { version: 0, source: 'redis' } };
    case 'merge': {
      const held = parseRecord(stored);
      if (!held) throw new Error('apply-batch.lua compared versions with a text that has none');
      return { decision, settled: false, held: { ...held, text: stored } };
    }
  }
}

function stampOf(text: string): Stamp | null {
  const [version, source] = text.split(' ');
  return version && isSource(source) ? { version: Number(version), source } : null;
}
