import type { StageTable } from '../stage-types.js';
import { GROUPING } from './grouping.js';
import { JOINING } from './joining.js';
import { SELECTING } from './selecting.js';
import { SHAPING } from './shaping.js';

export const STAGES: StageTable = { ...GROUPING, ...JOINING, ...SELECTING, ...SHAPING };

/** Stages MongoDB has and this library refuses by name. */
export const REFUSED_STAGES: ReadonlySet<string> = new Set([
  '$bucketAuto',
  '$densify',
  '$fill',
  '$geoNear',
  '$indexStats',
  '$listLocalSessions',
  '$listSampledQueries',
  '$querySettings',
  '$rankFusion',
  '$redact',
  '$search',
  '$searchMeta',
  '$setWindowFields',
  '$shardedDataDistribution',
  '$vectorSearch',
]);
