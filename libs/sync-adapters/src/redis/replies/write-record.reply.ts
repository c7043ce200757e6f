import { parseForeign, type ForeignContent } from './foreign.reply.js';

type Reply =
  | [outcome: 'written', version: string, created: 0 | 1, ...foreign: string[]]
  | [outcome: 'conflict', version: string, state: 'live' | 'deleted' | 'absent'];

export type RecordWriteResult =
  | {
      readonly outcome: 'written';
      readonly version: number;
      readonly created: boolean;
      readonly foreign: readonly ForeignContent[];
    }
  | { readonly outcome: 'conflict' };

export function parseWriteRecordReply(raw: unknown): RecordWriteResult {
  const reply = raw as Reply;
  if (reply[0] === 'conflict') return { outcome: 'conflict' };
  const [outcome, version, created, ...foreign] = reply;
  return { outcome, version: Number(version), created: created === 1, foreign: parseForeign(foreign) };
}
