import { BULLMQ } from './bullmq.js';
import type { Contestant } from './contestant.js';
import { NEST_REDIS } from './nest-redis.js';
import { OURS, OURS_ONCE } from './our-bus.js';

export const CONTESTANTS: readonly Contestant[] = [OURS, OURS_ONCE, BULLMQ, NEST_REDIS];
