import { Timestamp } from 'bson';
import { encodedSize } from '../../../bson/index.js';
import { commandError } from '../../../errors.js';
import { RANK, asDocument, asNumeric, bytesOf, typeName, typeRank } from '../../../values/index.js';
import { unaryOrNull } from '../operands.js';
import type { OperatorTable } from '../types.js';

export const MISCELLANEOUS: OperatorTable = {
  $literal: (argument) => () => argument,
  $const: (argument) => () => argument,
  $rand: () => () => Math.random(),
  $sampleRate: (argument) => {
    const rate = Number(asNumeric(argument));
    return () => Math.random() < rate;
  },
  $binarySize: unaryOrNull((value) => {
    if (typeof value === 'string') return Buffer.byteLength(value);
    if (typeRank(value) === RANK.binary) return bytesOf(value).bytes.length;
    throw commandError(51276, `$binarySize requires a string or BinData argument, found: ${typeName(value)}`);
  }),
  $bsonSize: unaryOrNull((value) => {
    const doc = asDocument(value);
    if (!doc) throw commandError(31393, `$bsonSize requires a document input, found: ${typeName(value)}`);
    return encodedSize(doc);
  }),
  $tsSecond: unaryOrNull((value) => BigInt(timestampIn(value, '$tsSecond').t)),
  $tsIncrement: unaryOrNull((value) => BigInt(timestampIn(value, '$tsIncrement').i)),
};

function timestampIn(value: unknown, operator: string): Timestamp {
  if (value instanceof Timestamp) return value;
  throw commandError(5687301, `Argument to ${operator} must be a timestamp, but is ${typeName(value)}`);
}
