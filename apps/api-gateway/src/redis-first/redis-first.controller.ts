import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RecordsEdge } from '../users/records-edge.js';
import { SideController } from '../users/side.controller.js';

export const REDIS_FIRST_PATH = 'redis-first/users';
export const REDIS_FIRST_EDGE = Symbol('redis-first users');

/** Users, written to Redis first, straight from the gateway. */
@ApiTags('redis-first')
@Controller(REDIS_FIRST_PATH)
export class RedisFirstController extends SideController {
  constructor(@Inject(REDIS_FIRST_EDGE) edge: RecordsEdge) {
    super(edge);
  }
}
