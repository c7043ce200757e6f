import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { registerDecorator, validateSync } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../problems/http-problem.js';
import { ProblemError, type FieldError } from '../problems/problem-error.js';

const WHOLE_NUMBERS = Symbol('whole numbers');

/** A query parameter that is a whole number in a range, both ends included. Without one the initialiser holds. */
export function WholeNumber(min: number, max: number): PropertyDecorator {
  return (prototype, property) => {
    const names = wholeNumbersOf(prototype);
    Reflect.defineMetadata(WHOLE_NUMBERS, [...names, String(property)], prototype);
    registerDecorator({
      name: 'wholeNumber',
      target: prototype.constructor,
      propertyName: String(property),
      validator: {
        validate: (value) =>
          value === undefined || (Number.isSafeInteger(value) && value >= min && value <= max),
        defaultMessage: () => `must be a whole number from ${min} to ${max}`,
      },
    });
  };
}

/**
 * The query of a request as an instance of `Query`, a class whose properties are all the parameters there are, with
 * their defaults, and class-validator decorators. Unknown, repeated and wrong parameters are refused.
 */
export function StrictQuery<Q extends object>(Query: new () => Q): ParameterDecorator {
  return createParamDecorator((_data: unknown, context: ExecutionContext) =>
    parseQuery(Query, context.switchToHttp().getRequest<FastifyRequest>().query as RawQuery),
  )();
}

export type RawQuery = Readonly<Record<string, unknown>>;

/** @throws ProblemError `InvalidQuery` naming every parameter that is wrong */
export function parseQuery<Q extends object>(Query: new () => Q, raw: RawQuery): Q {
  const query = new Query();
  const given = Object.keys(raw);
  if (given.length === 0) return query;
  const values = query as Record<string, unknown>;
  const known = Object.keys(query);
  const numbers = wholeNumbersOf(query);
  const errors: FieldError[] = [];
  for (const name of given) {
    const value = raw[name];
    if (!known.includes(name)) errors.push(fault(name, 'is not a parameter of this endpoint'));
    else if (typeof value !== 'string') errors.push(fault(name, 'must be given once'));
    else values[name] = numbers.includes(name) && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  }
  if (errors.length === 0) errors.push(...validate(query));
  if (errors.length === 0) return query;
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ');
  throw new ProblemError(HttpProblem.InvalidQuery, { detail: detail.slice(0, 500), errors });
}

function validate(query: object): FieldError[] {
  return validateSync(query, { forbidUnknownValues: false }).map(({ property, constraints }) =>
    fault(property, Object.values(constraints ?? {}).join(' and ')),
  );
}

function fault(name: string, message: string): FieldError {
  return { in: 'query', field: name.slice(0, 100), message };
}

function wholeNumbersOf(target: object): readonly string[] {
  return (Reflect.getMetadata(WHOLE_NUMBERS, target) as readonly string[] | undefined) ?? [];
}
