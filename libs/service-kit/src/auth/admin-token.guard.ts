import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { ServiceConfig } from '../config/service-config.js';
import { HttpProblem } from '../problems/http-problem.js';
import { ProblemError } from '../problems/problem-error.js';

/** Lets administrators in: `Authorization: Bearer <ADMIN_TOKEN>`. Without a configured token there is none. */
@Injectable()
export class AdminTokenGuard implements CanActivate {
  private readonly expected: Buffer | undefined;

  constructor({ adminToken }: ServiceConfig) {
    this.expected = adminToken === undefined ? undefined : digest(adminToken);
  }

  canActivate(context: ExecutionContext): boolean {
    if (!this.expected) {
      throw new ProblemError(HttpProblem.Forbidden, { detail: 'the service runs without ADMIN_TOKEN' });
    }
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    const token = /^Bearer ([\x21-\x7e]{1,1024})$/i.exec(authorization ?? '')?.[1];
    // Digests have one length, so that the comparison tells nothing about the token's.
    if (token !== undefined && timingSafeEqual(digest(token), this.expected)) return true;
    throw new ProblemError(HttpProblem.Unauthorized, { headers: { 'www-authenticate': 'Bearer' } });
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
