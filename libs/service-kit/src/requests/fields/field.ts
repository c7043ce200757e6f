import { applyDecorators } from '@nestjs/common';
import { ApiHideProperty, ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { FieldCheck, type Check } from '../field-check.js';
import { FROM_BODY, FROM_TEXT } from '../read-dto.js';
import { declareField, type DtoField, type RestReading, type RestRule } from '../request-dto.js';

/** What every field decorator takes. */
export interface FieldOptions {
  /** May be left out; a field with an initialiser may be anyway, and has that value then. */
  readonly optional?: boolean;
  readonly description?: string;
  readonly example?: unknown;
}

interface FieldDefinition extends FieldOptions {
  /** For the OpenAPI document. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** What is wrong with a value that was given. */
  readonly check: Check;
  /** Makes the value of a scalar that was sent. What it can't make anything of, it gives back for the check to refuse. */
  readonly convert?: (value: unknown) => unknown;
  /** The same, for values of a query, a path or a header only: there everything is a text. */
  readonly convertText?: (text: unknown) => unknown;
  /** The same, for values of a body only. */
  readonly convertBody?: (value: unknown) => unknown;
  readonly nested?: DtoField['nested'];
}

/** A field: conversion (class-transformer), rule (class-validator) and description (OpenAPI) in one. */
export function Field(definition: FieldDefinition): PropertyDecorator {
  const { check, nested, optional = false, description, example } = definition;
  const schema = { ...definition.schema, ...(example === undefined ? {} : { example }) };
  const about = description === undefined ? {} : { description };
  const rule: Check = (value, dto) => {
    if (value === undefined) return optional ? undefined : 'is required';
    return check(value, dto);
  };
  return applyDecorators(
    (prototype: object, property: string | symbol) => {
      declareField(prototype, String(property), {
        optional,
        schema,
        ...about,
        ...(nested ? { nested } : {}),
      });
    },
    FieldCheck(rule),
    ApiProperty({ ...schema, ...about, ...(optional ? { required: false } : {}) }),
    ...conversions(definition),
  );
}

function conversions({ convert, convertText, convertBody }: FieldDefinition): PropertyDecorator[] {
  const given = [
    [convert, [FROM_TEXT, FROM_BODY]],
    [convertText, [FROM_TEXT]],
    [convertBody, [FROM_BODY]],
  ] as const;
  return given.flatMap(([step, groups]) =>
    step ? [Transform(({ value }) => step(value), { groups: [...groups] })] : [],
  );
}

/**
 * Takes all members that no other field is declared for. `rule` says what is wrong with the object as a whole, `prepare`
 * what of it is read at all.
 */
export function RestField(rule: RestRule, prepare?: RestReading['prepare']): PropertyDecorator {
  return applyDecorators((prototype: object, property: string | symbol) => {
    const rest = { rule, ...(prepare ? { prepare } : {}) };
    declareField(prototype, String(property), { optional: true, schema: {}, rest });
  }, ApiHideProperty());
}
