import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { escapePointer } from '../http/json-pointer.js';
import type { FieldError } from '../problems/problem-error.js';
import { Faults } from './faults.js';
import { headerOf } from './header-of.js';
import { isJsonObject } from './json-object.js';
import { fieldsOf, type DtoClass, type DtoField } from './request-dto.js';

/** Groups of class-transformer conversions: of a body, and of places where every value is a text. */
export const FROM_BODY = 'from body';
export const FROM_TEXT = 'from text';

export type DtoReading<T> = { readonly value: T } | { readonly errors: readonly FieldError[] };

interface DtoPlace {
  readonly in: FieldError['in'];
  /** JSON pointer to the object within the body. */
  readonly path?: string;
}

/**
 * Reads a part of a request as an instance of its class: converted, checked, with the defaults of the initialisers.
 * Members that no field is declared for are refused; so are parameters that are given twice. Optional fields that
 * were not given are not there. All faults are found at once; none is thrown.
 */
export function readDto<T extends object>(
  Dto: DtoClass<T>,
  raw: unknown,
  place: DtoPlace = { in: 'body' },
): DtoReading<T> {
  const faults = new Faults(place.in);
  const value = new Reading(place.in, faults).object(Dto, raw, place.path ?? '');
  return faults.list.length === 0 ? { value } : { errors: faults.list };
}

class Reading {
  constructor(
    private readonly place: FieldError['in'],
    private readonly faults: Faults,
  ) {}

  object<T extends object>(Dto: DtoClass<T>, sent: unknown, path: string): T {
    if (!isJsonObject(sent)) {
      this.faults.add(path, 'must be a JSON object');
      return new Dto();
    }
    const fields = fieldsOf(Dto.prototype as object);
    const raw = [...fields.values()].reduce((body, { rest }) => rest?.prepare?.(body) ?? body, sent);
    const { scalars, objects, rest } = this.sort(raw, fields, path);
    const groups = [this.place === 'body' ? FROM_BODY : FROM_TEXT];
    const dto = plainToInstance(Dto, scalars, { groups });
    const members = dto as Record<string, unknown>;
    for (const [name, value] of objects)
      members[name] = this.nested(value, fields.get(name), this.at(path, name));
    for (const [name, field] of fields) {
      if (!field.rest) continue;
      members[name] = Object.fromEntries(rest);
      for (const { field: at, message } of field.rest.rule(raw)) this.faults.add(`${path}${at}`, message);
    }
    this.validate(dto, path);
    return withoutAbsent(dto);
  }

  /** class-transformer gets scalars only: it must not look into what a client has made up. */
  private sort(raw: Readonly<Record<string, unknown>>, fields: ReadonlyMap<string, DtoField>, path: string) {
    const scalars: Record<string, unknown> = {};
    const objects: [string, unknown][] = [];
    const rest: [string, unknown][] = [];
    const isOpen = [...fields.values()].some((field) => field.rest);
    for (const [name, value] of Object.entries(raw)) {
      const field = fields.get(name);
      if (!field || field.rest) {
        if (isOpen) rest.push([name, value]);
        else this.faults.add(this.at(path, name.slice(0, 100)), UNKNOWN[this.place]);
      } else if (typeof value !== 'object' || value === null) scalars[name] = value;
      else if (this.place === 'body') objects.push([name, value]);
      else this.faults.add(this.at(path, name), 'must be given once');
    }
    return { scalars, objects, rest };
  }

  /** The value as it is where it is not what the field's class can be read from; the field's rule refuses it. */
  private nested(value: unknown, field: DtoField | undefined, path: string): unknown {
    if (!field?.nested) return value;
    const { dto, maxItems } = field.nested;
    if (maxItems === undefined) return isJsonObject(value) ? this.object(dto(), value, path) : value;
    if (!Array.isArray(value) || value.length > maxItems) return value;
    return value.map((item: unknown, index) =>
      this.faults.full ? item : this.object(dto(), item, `${path}/${index}`),
    );
  }

  private validate(dto: object, path: string): void {
    for (const { property, constraints = {} } of validateSync(dto, VALIDATION)) {
      const field = this.at(path, property);
      if (!this.faults.has(field)) this.faults.add(field, Object.values(constraints).join(' and '));
    }
  }

  /** Fields of a body are JSON pointers, parameters and headers have names. */
  private at(path: string, name: string): string {
    if (this.place === 'header') return headerOf(name);
    return this.place === 'body' ? `${path}/${escapePointer(name)}` : name;
  }
}

/** Class fields without a value are there all the same, as `undefined`; a field that was not given shall not be. */
export function withoutAbsent<T extends object>(dto: T): T {
  const members = dto as Record<string, unknown>;
  for (const name of Object.keys(members)) {
    if (members[name] === undefined) Reflect.deleteProperty(members, name);
  }
  return dto;
}

const VALIDATION = {
  forbidUnknownValues: false,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
};

const UNKNOWN: Readonly<Record<FieldError['in'], string>> = {
  body: 'is not a field of this request',
  query: 'is not a parameter of this endpoint',
  path: 'is not a parameter of this endpoint',
  header: 'is not a header of this endpoint',
};
