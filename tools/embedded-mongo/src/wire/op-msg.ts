import { decode } from '../bson/index.js';
import type { Document } from '../values/index.js';
import { ProtocolError } from './frame.js';

const CHECKSUM_PRESENT = 1 << 0;
const MORE_TO_COME = 1 << 1;
const EXHAUST_ALLOWED = 1 << 16;
/** Bits 0–15 must be understood by the receiver. */
const REQUIRED_BITS = 0xffff;

/** A command as it came over the wire; document sequences are put into the fields they belong to. */
export interface CommandMessage {
  command: Document;
  /** The sender does not wait for a reply. */
  unacknowledged: boolean;
  /** The sender accepts several replies to this one command. */
  exhaustAllowed: boolean;
}

export function decodeOpMsg(body: Buffer): CommandMessage {
  const flags = body.readUInt32LE(0);
  if ((flags & REQUIRED_BITS & ~(CHECKSUM_PRESENT | MORE_TO_COME)) !== 0) {
    throw new ProtocolError(`OP_MSG flags ${flags.toString(16)} are not known`);
  }
  const end = body.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let command: Document | undefined;
  const sequences: Document = {};
  for (let at = 4; at < end;) {
    const kind = body[at];
    const length = body.readInt32LE(at + 1);
    const section = body.subarray(at + 1, at + 1 + length);
    if (length < 5 || section.length < length) throw new ProtocolError('OP_MSG section beyond its message');
    if (kind === 0 && !command) command = decode(section);
    else if (kind === 1) readSequence(section, sequences);
    else throw new ProtocolError(`OP_MSG section kind ${kind} is not expected`);
    at += 1 + length;
  }
  if (!command) throw new ProtocolError('OP_MSG without a command');
  return {
    command: Object.assign(command, sequences),
    unacknowledged: (flags & MORE_TO_COME) !== 0,
    exhaustAllowed: (flags & EXHAUST_ALLOWED) !== 0,
  };
}

function readSequence(section: Buffer, into: Document): void {
  const nameEnd = section.indexOf(0, 4);
  const documents: Document[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    const length = section.readInt32LE(at);
    if (length < 5 || at + length > section.length) throw new ProtocolError('document beyond its sequence');
    documents.push(decode(section.subarray(at, at + length)));
    at += length;
  }
  into[section.toString('utf8', 4, nameEnd)] = documents;
}

/** Flags and section kind that stand before the reply's document. */
export function opMsgPrefix(moreToCome: boolean): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32LE(moreToCome ? MORE_TO_COME : 0, 0);
  return prefix;
}
