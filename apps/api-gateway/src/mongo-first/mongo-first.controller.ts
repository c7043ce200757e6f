import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RecordsEdge } from '../users/records-edge.js';
import { SideController } from '../users/side.controller.js';

export const MONGO_FIRST_PATH = 'mongo-first/users';
export const MONGO_FIRST_EDGE = Symbol('mongo-first users');

/** Users, written to MongoDB first: through the user service, which owns that path. */
@ApiTags('mongo-first')
@Controller(MONGO_FIRST_PATH)
export class MongoFirstController extends SideController {
  constructor(@Inject(MONGO_FIRST_EDGE) edge: RecordsEdge) {
    super(edge);
  }
}
