import {
  Binary,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson';
import { commandError } from '../errors.js';
import { dateOf, DBPointer, regexOf, UNDEFINED } from './classes.js';
import { propertyOf, repeatedProperty } from './names.js';
import { decodeText } from './text.js';

/**
 * BSON into memory such that `encode` gives the same bytes back: int32 as `number`, int64 as `bigint`, a
 * double as `number` or, where that would read as int32, as `Double`; names as `names.ts` says. Throws
 * InvalidBSON (22). The result shares no memory with the bytes.
 */
export function decode(bytes: Uint8Array): Record<string, unknown> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return new Decoder(buffer).document();
  } catch (error) {
    // By name: an error of Node itself may come from another realm.
    if ((error as Error).name === 'RangeError') throw invalid();
    throw error;
  }
}

const invalid = (): Error => commandError(22, 'the bytes are no BSON document');

class Decoder {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  document(): Record<string, unknown> {
    const end = this.end();
    const doc: Record<string, unknown> = {};
    for (let type = this.byte(); type !== 0; type = this.byte()) {
      let property = propertyOf(this.name());
      if (property in doc && Object.hasOwn(doc, property)) property = repeatedProperty(doc, property);
      const value = this.value(type);
      if (property === '__proto__') {
        Object.defineProperty(doc, property, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      } else doc[property] = value;
    }
    if (this.at !== end) throw invalid();
    return doc;
  }

  private array(): unknown[] {
    const end = this.end();
    const items: unknown[] = [];
    for (let type = this.byte(); type !== 0; type = this.byte()) {
      this.at = this.zero() + 1;
      items.push(this.value(type));
    }
    if (this.at !== end) throw invalid();
    return items;
  }

  private value(type: number): unknown {
    switch (type) {
      case 0x01:
        return this.double();
      case 0x02:
        return this.text();
      case 0x03:
        return this.document();
      case 0x04:
        return this.array();
      case 0x07:
        return new ObjectId(this.copy(12));
      case 0x08:
        return this.byte() !== 0;
      case 0x09:
        return dateOf(this.int64());
      case 0x0a:
        return null;
      case 0x10:
        return this.int32();
      case 0x12:
        return this.int64();
      default:
        return this.rareValue(type);
    }
  }

  private rareValue(type: number): unknown {
    switch (type) {
      case 0x05:
        return this.binary();
      case 0x06:
        return UNDEFINED;
      case 0x0b:
        return regexOf(this.name(), this.name());
      case 0x0c:
        return new DBPointer(this.text(), new ObjectId(this.copy(12)));
      case 0x0d:
        return new Code(this.text());
      case 0x0e:
        return new BSONSymbol(this.text());
      case 0x0f:
        this.at += 4;
        return new Code(this.text(), this.document());
      case 0x11: {
        const i = this.int32() >>> 0;
        return new Timestamp({ t: this.int32() >>> 0, i });
      }
      case 0x13:
        return new Decimal128(this.copy(16));
      case 0xff:
        return new MinKey();
      case 0x7f:
        return new MaxKey();
      default:
        throw invalid();
    }
  }

  private binary(): Binary {
    const length = this.int32();
    const subtype = this.byte();
    const content = this.copy(length);
    return subtype === Binary.SUBTYPE_UUID && length === 16
      ? new UUID(content)
      : new Binary(content, subtype);
  }

  private double(): number | Double {
    const value = this.bytes.readDoubleLE(this.at);
    this.at += 8;
    return (value | 0) === value && !Object.is(value, -0) ? new Double(value) : value;
  }

  private text(): string {
    const length = this.int32();
    const start = this.at;
    this.at += length;
    if (length < 1 || this.at > this.bytes.length) throw invalid();
    return decodeText(this.bytes, start, this.at - 1);
  }

  private name(): string {
    const start = this.at;
    const end = this.zero();
    this.at = end + 1;
    return decodeText(this.bytes, start, end);
  }

  private zero(): number {
    let at = this.at;
    while (this.bytes[at] !== 0) if (++at > this.bytes.length) throw invalid();
    return at;
  }

  private end(): number {
    const start = this.at;
    const end = start + this.int32();
    if (end > this.bytes.length || end < start + 5) throw invalid();
    return end;
  }

  private copy(length: number): Buffer {
    const start = this.at;
    this.at += length;
    if (length < 0 || this.at > this.bytes.length) throw invalid();
    return Buffer.from(this.bytes.subarray(start, this.at));
  }

  private byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw invalid();
    return value;
  }

  private int32(): number {
    const value = this.bytes.readInt32LE(this.at);
    this.at += 4;
    return value;
  }

  private int64(): bigint {
    const value = this.bytes.readBigInt64LE(this.at);
    this.at += 8;
    return value;
  }
}
