import { fault, invalidBody, type FieldError } from '@redis-mongo-sync/service-kit';
import { isJsonObject, type Json, type JsonObject } from '@redis-mongo-sync/sync-core';

/** A lone surrogate is no character; a control character other than white space is no text. */
const UNPRINTABLE = /[\p{Surrogate}\p{Cc}]/u;
const LAYOUT = /[\t\n\r]/g;

export interface TextRule {
  /** In characters. */
  readonly max: number;
  /** May hold line breaks and tabs. */
  readonly prose?: boolean;
}

/**
 * Reads a JSON object field by field, and collects what is wrong with it. A field that nobody asked for is wrong too.
 * Faults are named by JSON pointers below `path`.
 */
export class BodyReader {
  private readonly fields: JsonObject;
  private readonly asked = new Set<string>();

  constructor(
    body: unknown,
    private readonly path = '',
    readonly errors: FieldError[] = [],
  ) {
    this.fields = isJsonObject(body) ? body : {};
    if (!isJsonObject(body)) this.refuse('', 'must be a JSON object');
  }

  refuse(field: string, message: string): void {
    this.errors.push(fault(field === '' ? this.path : `${this.path}/${field}`, message));
  }

  /** A reader for an object within this one; it adds to the same errors. */
  below(field: string, body: unknown): BodyReader {
    return new BodyReader(body, `${this.path}/${field}`, this.errors);
  }

  raw(field: string): Json | undefined {
    this.asked.add(field);
    return this.fields[field];
  }

  /** '' when it is wrong or missing: then there is an error. */
  text(field: string, rule: TextRule): string {
    const text = this.optionalText(field, rule);
    if (text === undefined && this.fields[field] === undefined) this.refuse(field, 'is required');
    return text ?? '';
  }

  optionalText(field: string, { max, prose = false }: TextRule): string | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    const text = typeof value === 'string' ? value.trim() : '';
    if (text === '' || [...text.slice(0, 2 * max + 1)].length > max) {
      this.refuse(field, `must be a text of 1 to ${max} characters`);
    } else if (UNPRINTABLE.test(prose ? text.replace(LAYOUT, '') : text)) {
      this.refuse(field, 'must not hold control characters');
    } else return text;
    return undefined;
  }

  choice<T extends string>(field: string, choices: readonly [T, ...T[]], otherwise?: T): T {
    const value = this.raw(field);
    const [first] = choices;
    if (value === undefined && otherwise !== undefined) return otherwise;
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) this.refuse(field, `must be one of ${choices.join(', ')}`);
    return chosen ?? first;
  }

  optionalObject(field: string, maxBytes: number): JsonObject | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    if (!isJsonObject(value)) this.refuse(field, 'must be a JSON object');
    else if (Buffer.byteLength(JSON.stringify(value)) > maxBytes) {
      this.refuse(field, `must have at most ${maxBytes} bytes as JSON`);
    } else return value;
    return undefined;
  }

  /** Refuses what nobody asked for. */
  end(): void {
    for (const field of Object.keys(this.fields)) {
      if (!this.asked.has(field)) this.refuse(field.slice(0, 100), 'is not a field of this request');
    }
  }

  /** @throws ProblemError `InvalidBody` when anything was wrong */
  throwIfWrong(): void {
    if (this.errors.length > 0) throw invalidBody(this.errors.slice(0, MAX_ERRORS));
  }
}

/** More than a client can use; the rest is found when these are mended. */
const MAX_ERRORS = 50;
