import { normalizeEmail } from '@redis-mongo-sync/sync-core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { conditionsOf } from '../http/entity-tags.js';
import type { Answer } from '../http/answer.js';
import { JSON_CONTENT_TYPE } from '../http/answer.interceptor.js';
import { parseUserBody } from './parse-user-body.js';
import type { UserRemoval, UserWrite, UserWriteKind } from './user-write.js';

/** The e-mail of the path, normalised. @throws InvalidKeyError */
export function emailOf({ params }: FastifyRequest): string {
  return normalizeEmail((params as { readonly email?: unknown }).email);
}

/** @throws ProblemError or InvalidKeyError when any part of the request is wrong */
export function writeOf(request: FastifyRequest, kind: UserWriteKind): UserWrite {
  const path = kind === 'upsert' ? undefined : emailOf(request);
  return { kind, ...parseUserBody(kind, request.body, path), conditions: conditionsOf(request.headers) };
}

export function removalOf(request: FastifyRequest): UserRemoval {
  return { email: emailOf(request), conditions: conditionsOf(request.headers) };
}

export function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer): void {
  void reply.code(status).headers(headers);
  if (body === null) void reply.send();
  else {
    if (!reply.hasHeader('content-type')) void reply.type(JSON_CONTENT_TYPE);
    void reply.send(body);
  }
}
