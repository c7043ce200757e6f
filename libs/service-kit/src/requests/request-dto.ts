import 'reflect-metadata';
import type { HttpProblem } from '../problems/http-problem.js';

export type DtoClass<T extends object = object> = new () => T;

interface RequestDtoOptions {
  /** What a fault in it is answered with; otherwise `InvalidBody`, `InvalidQuery`, `InvalidId` or `InvalidHeader`. */
  readonly problem?: HttpProblem;
  /** A request without a body is one with an empty object. */
  readonly mayBeAbsent?: boolean;
  /** For the OpenAPI document, of a body. */
  readonly description?: string;
  readonly example?: object;
}

/** How a field takes part in reading a request. */
export interface DtoField {
  /** Absent means absent, and no fault. */
  readonly optional: boolean;
  /** The class of the object, or of the items of the list, that the field holds. */
  readonly nested?: { readonly dto: () => DtoClass; readonly maxItems?: number };
  /** Takes the members that no other field is declared for. */
  readonly rest?: RestReading;
  /** For the OpenAPI document. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly description?: string;
}

export interface RestReading {
  readonly rule: RestRule;
  /** Makes what is read of the object that was sent, before anything is looked at. */
  readonly prepare?: (object: JsonObject) => JsonObject;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Says what is wrong with a free-form object: JSON pointers below it, and messages. */
export type RestRule = (object: JsonObject) => readonly RestFault[];

interface RestFault {
  readonly field: string;
  readonly message: string;
}

const OPTIONS = Symbol('request dto');
const FIELDS = Symbol('request fields');
const DTOS = new Set<DtoClass>();

/** Options of a class that describes a part of a request. Needed only where there are any, or no field at all. */
export function RequestDto(options: RequestDtoOptions = {}): ClassDecorator {
  return (target) => {
    Reflect.defineMetadata(OPTIONS, options, target.prototype as object);
  };
}

/** The query of an endpoint that has no parameters: whatever is given is refused. */
@RequestDto()
export class NoQuery {}

/** Called by field decorators. */
export function declareField(prototype: object, name: string, field: DtoField): void {
  DTOS.add(prototype.constructor as DtoClass);
  Reflect.defineMetadata(FIELDS, new Map([...fieldsOf(prototype), [name, field]]), prototype);
}

/** The fields of a class or of its prototype, those of its parents first. */
export function fieldsOf(prototype: object): ReadonlyMap<string, DtoField> {
  return (Reflect.getMetadata(FIELDS, prototype) as ReadonlyMap<string, DtoField> | undefined) ?? NO_FIELDS;
}

const NO_FIELDS: ReadonlyMap<string, DtoField> = new Map();

/** Undefined for a class that is none. */
export function dtoOptionsOf(type: DtoClass): RequestDtoOptions | undefined {
  const prototype = type.prototype as object;
  const options = Reflect.getMetadata(OPTIONS, prototype) as RequestDtoOptions | undefined;
  return options ?? (fieldsOf(prototype).size > 0 ? {} : undefined);
}

/** Every class with fields of its own. */
export function dtoClasses(): ReadonlySet<DtoClass> {
  return DTOS;
}
