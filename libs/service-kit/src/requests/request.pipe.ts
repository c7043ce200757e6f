import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import type { FieldError } from '../problems/problem-error.js';
import { readRequest } from './read-request.js';
import { dtoOptionsOf, type DtoClass } from './request-dto.js';

const PLACES: Readonly<Record<ArgumentMetadata['type'], FieldError['in'] | undefined>> = {
  body: 'body',
  query: 'query',
  param: 'path',
  custom: undefined,
};

/**
 * Makes instances of `@Body()`, `@Query()` and `@Param()` whose type is a class with field decorators. What is wrong
 * with them is thrown as one problem per part of the request. Parameters of other types pass as they are.
 */
export class RequestPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    const place = PLACES[type];
    const Dto = metatype as DtoClass | undefined;
    if (!place || !Dto?.prototype || !dtoOptionsOf(Dto)) return value;
    return readRequest(Dto, value, place);
  }
}
