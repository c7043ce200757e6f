import { Binary, BSONRegExp, BSONSymbol, Code, DBRef, Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { MaxKey, MinKey, Timestamp } from 'bson';
import { DBPointer, millisecondsOf, Undefined } from './classes.js';
import { nameOf } from './names.js';
import { escapedBytes } from './text.js';

/** A document as BSON; fields of the value `undefined` are left out. */
export function encode(doc: object): Buffer {
  const encoder = Encoder.shared;
  encoder.document(doc);
  return encoder.take();
}

/** How many bytes `encode` gives. */
export function encodedSize(doc: object): number {
  const encoder = Encoder.shared;
  encoder.document(doc);
  return encoder.drop();
}

const FIRST_BYTES = 64 * 1024;

/** Writes into one buffer that grows as needed and is used again. */
class Encoder {
  static readonly shared = new Encoder();
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private at = 0;

  take(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.drop()));
  }

  /** Forgets what was written; its length. */
  drop(): number {
    const length = this.at;
    this.at = 0;
    return length;
  }

  document(doc: object): void {
    const start = this.at;
    try {
      this.reserve(4);
      for (const property of Object.keys(doc)) {
        const value = (doc as Record<string, unknown>)[property];
        if (value !== undefined && typeof value !== 'function') this.element(property, value);
      }
      this.byte(0);
    } catch (error) {
      this.at = 0;
      throw error;
    }
    this.bytes.writeInt32LE(this.at - start, start);
  }

  private array(items: readonly unknown[]): void {
    const start = this.at;
    this.reserve(4);
    for (let i = 0; i < items.length; i++) this.element(String(i), items[i] ?? null);
    this.byte(0);
    this.bytes.writeInt32LE(this.at - start, start);
  }

  private element(property: string, value: unknown): void {
    const typeAt = this.at;
    this.byte(0);
    this.name(nameOf(property));
    const type = this.value(value);
    this.bytes[typeAt] = type; // the value may have made the buffer grow into another one
  }

  /** Writes the value; its type. */
  private value(value: unknown): number {
    switch (typeof value) {
      case 'string':
        this.text(value);
        return 0x02;
      case 'number':
        return this.number(value);
      case 'bigint':
        this.int64(value);
        return 0x12;
      case 'boolean':
        this.byte(value ? 1 : 0);
        return 0x08;
      default:
        return value === null || value === undefined ? 0x0a : this.object(value);
    }
  }

  private object(value: object): number {
    if (Array.isArray(value)) {
      this.array(value);
      return 0x04;
    }
    if (value instanceof Date) {
      this.int64(BigInt(millisecondsOf(value)));
      return 0x09;
    }
    if ('_bsontype' in value && !Object.hasOwn(value, '_bsontype')) return this.instance(value);
    if (value instanceof RegExp) return this.regex(value.source, value.flags);
    if (ArrayBuffer.isView(value)) {
      return this.binary(Buffer.from(value.buffer, value.byteOffset, value.byteLength), 0);
    }
    this.document(value);
    return 0x03;
  }

  private instance(value: object): number {
    if (value instanceof ObjectId) return this.raw(value.id, 0x07);
    if (value instanceof Binary) return this.binary(value.value(), value.sub_type);
    if (value instanceof Decimal128) return this.raw(value.bytes, 0x13);
    if (value instanceof Double) return this.double(value.value);
    if (value instanceof Int32) return this.number(value.value);
    if (value instanceof Timestamp) {
      this.int32(value.i | 0);
      this.int32(value.t | 0);
      return 0x11;
    }
    if (value instanceof Long) {
      this.int64(value.toBigInt());
      return 0x12;
    }
    return this.rareInstance(value);
  }

  private rareInstance(value: object): number {
    if (value instanceof BSONRegExp) return this.regex(value.pattern, value.options);
    if (value instanceof BSONSymbol) {
      this.text(value.value);
      return 0x0e;
    }
    if (value instanceof Code) return this.code(value);
    if (value instanceof DBPointer) {
      this.text(value.namespace);
      return this.raw(value.id.id, 0x0c);
    }
    if (value instanceof Undefined) return 0x06;
    if (value instanceof MinKey) return 0xff;
    if (value instanceof MaxKey) return 0x7f;
    this.document(value instanceof DBRef ? value.toJSON() : value);
    return 0x03;
  }

  private code({ code, scope }: Code): number {
    if (!scope) {
      this.text(code);
      return 0x0d;
    }
    const start = this.at;
    this.reserve(4);
    this.text(code);
    this.document(scope);
    this.bytes.writeInt32LE(this.at - start, start);
    return 0x0f;
  }

  private number(value: number): number {
    if ((value | 0) !== value || Object.is(value, -0)) return this.double(value);
    this.int32(value);
    return 0x10;
  }

  private double(value: number): number {
    const at = this.reserve(8);
    this.bytes.writeDoubleLE(value, at);
    return 0x01;
  }

  private regex(pattern: string, options: string): number {
    this.name(pattern);
    this.name(options);
    return 0x0b;
  }

  private binary(content: Uint8Array, subtype: number): number {
    this.int32(content.length);
    this.byte(subtype);
    return this.raw(content, 0x05);
  }

  private raw(content: Uint8Array, type: number): number {
    const at = this.reserve(content.length);
    this.bytes.set(content, at);
    return type;
  }

  private text(text: string): void {
    const start = this.reserve(4);
    this.name(text);
    this.bytes.writeInt32LE(this.at - start - 4, start);
  }

  /** The text and a zero byte. */
  private name(text: string): void {
    const start = this.reserve(text.length * 3 + 1);
    this.at = start + this.write(text, start);
    this.bytes[this.at++] = 0;
  }

  private write(text: string, start: number): number {
    const { bytes } = this;
    if (text.length <= 32) {
      let i = 0;
      for (; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (unit >= 0x80) break;
        bytes[start + i] = unit;
      }
      if (i === text.length) return i;
    }
    const escaped = escapedBytes(text);
    if (!escaped) return bytes.write(text, start, 'utf8');
    bytes.set(escaped, start);
    return escaped.length;
  }

  private byte(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  private int32(value: number): void {
    const at = this.reserve(4);
    this.bytes.writeInt32LE(value, at);
  }

  private int64(value: bigint): void {
    const at = this.reserve(8);
    this.bytes.writeBigInt64LE(value, at);
  }

  /** Where the next `length` bytes go. */
  private reserve(length: number): number {
    const start = this.at;
    const end = start + length;
    if (end > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(end, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, start);
      this.bytes = larger;
    }
    this.at = end;
    return start;
  }
}
