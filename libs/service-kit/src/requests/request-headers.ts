import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader, type ApiHeaderOptions } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { headerOf } from './header-of.js';
import { readRequest } from './read-request.js';
import { fieldsOf, type DtoClass } from './request-dto.js';

/**
 * Headers as an instance of a class with field decorators, which also documents them: `ifMatch` is `If-Match`. Other
 * headers are left alone.
 */
export function RequestHeaders<T extends object>(Dto: DtoClass<T>): ParameterDecorator {
  const fields = [...fieldsOf(Dto.prototype as object)].map(
    ([name, field]) => [name, headerOf(name), field] as const,
  );
  const read = createParamDecorator((_data: unknown, context: ExecutionContext) => {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const given = fields.flatMap(([name, header]) => {
      const value = headers[header.toLowerCase()];
      return value === undefined ? [] : [[name, value] as const];
    });
    return readRequest(Dto, Object.fromEntries(given), 'header');
  })();
  return (controller, method, index) => {
    read(controller, method, index);
    const descriptor = method && Object.getOwnPropertyDescriptor(controller, method);
    if (!method || !descriptor) return;
    for (const [, name, { optional, schema, description }] of fields) {
      const about = {
        name,
        required: !optional,
        schema,
        ...(description === undefined ? {} : { description }),
      };
      ApiHeader(about as ApiHeaderOptions)(controller, method, descriptor);
    }
  };
}
