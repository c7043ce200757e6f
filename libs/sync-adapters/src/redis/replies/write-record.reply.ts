type Reply =
  | [outcome: 'written', version: string, created: 0 | 1]
  | [outcome: 'conflict', version: string, state: 'live' | 'deleted' | 'absent'];

export type RecordWriteResult =
  | { readonly outcome: 'written'; readonly version: number; readonly created: boolean }
  | { readonly outcome: 'conflict' };

export function parseWriteRecordReply(raw: unknown): RecordWriteResult {
  const [outcome, version, more] = raw as Reply;
  if (outcome === 'conflict') return { outcome };
  return { outcome, version: Number(version), created: more === 1 };
}
