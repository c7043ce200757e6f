import { errorText } from '@redis-mongo-sync/redis-streams';
import type { CheckContext } from './check-context.js';
import type { Finding, Found } from './finding.js';
import { collectionFacts, type CollectionFacts } from './mongo/collection-facts.js';
import { documentChecks } from './mongo/document-checks.js';
import { surveyDocuments, type DocumentSurvey } from './mongo/document-survey.js';
import { indexCheck } from './mongo/index-check.js';
import { preImagesCheck } from './mongo/pre-images-check.js';
import { rightsCheck } from './mongo/rights-check.js';
import { serverChecks, serverFacts, type ServerFacts } from './mongo/server-checks.js';
import { measureReading, snapshotChecks, snapshotEstimate } from './mongo/snapshot-check.js';
import { tombstonesCheck } from './mongo/tombstones-check.js';
import { validatorCheck } from './mongo/validator-check.js';
import { keyChecks } from './redis/key-checks.js';
import { reservedChecks } from './redis/reserved-checks.js';
import { redisRightsCheck } from './redis/rights-check.js';
import { freeBytesOf, redisFacts, redisServerChecks, type RedisFacts } from './redis/server-checks.js';

interface Facts {
  readonly server: ServerFacts;
  readonly collection: CollectionFacts;
  readonly redis: RedisFacts;
  readonly survey: DocumentSurvey;
}

/**
 * Looks at everything, one check after the other, so that neither store has more than one question to answer. A check that
 * fails is a finding of its own.
 *
 * @throws Error when a store does not answer at all
 */
export async function runChecks(context: CheckContext): Promise<readonly Finding[]> {
  const server = await serverFacts(context);
  const collection = await collectionFacts(context);
  const redis = await redisFacts(context.redis);
  if (!isCollection(collection)) return [notACollection(context, collection)];
  const survey = await surveyDocuments(context, collection);
  const findings: Finding[] = [];
  for (const { area, name, look } of steps(context, { server, collection, redis, survey })) {
    if (context.signal.aborted) break;
    const found = await attempt(name, look);
    findings.push(...found.map((one) => ({ area, ...one })));
  }
  return findings;
}

interface Step {
  readonly area: string;
  /** For the case that it fails. */
  readonly name: string;
  readonly look: () => Promise<readonly Found[]>;
}

function steps(context: CheckContext, { server, collection, redis, survey }: Facts): readonly Step[] {
  const step = (
    area: string,
    name: string,
    look: () => Promise<readonly Found[]> | readonly Found[],
  ): Step => ({
    area,
    name,
    look: async () => look(),
  });
  return [
    step('MongoDB', 'server', () => serverChecks(context, server)),
    step('MongoDB', 'rights', () => rightsCheck(context)),
    step('collection', 'unique index', () => indexCheck(context, collection)),
    step('collection', 'validator', async () => [await validatorCheck(context, collection)]),
    step('collection', 'pre-images', () => [preImagesCheck(context, collection, server.version)]),
    step('collection', 'tombstones', async () => [await tombstonesCheck(context, collection)]),
    step('documents', 'documents', () => documentChecks(context, collection, survey)),
    step('Redis', 'server', () => redisServerChecks(context.redis, redis)),
    step('Redis', 'rights', () => redisRightsCheck(context.redis, context.entity)),
    step('keys', 'keys', () => keyChecks(context)),
    step('keys', 'reserved names', () => reservedChecks(context)),
    step('first snapshot', 'dry run', async () => {
      const estimate = snapshotEstimate(collection, survey, await measureReading(context));
      return snapshotChecks(estimate, freeBytesOf(redis));
    }),
  ];
}

async function attempt(name: string, look: Step['look']): Promise<readonly Found[]> {
  try {
    return await look();
  } catch (error) {
    return [{ name, verdict: 'unseen', says: errorText(error) }];
  }
}

function isCollection({ type }: CollectionFacts): boolean {
  return type === 'collection' || type === 'none';
}

function notACollection({ entity }: CheckContext, { type }: CollectionFacts): Finding {
  const says = `${entity.collection} is a ${type}: it has no change stream, and nothing can be written to it`;
  return { area: 'collection', name: 'type', verdict: 'mend', says, mend: ['an entity over a collection'] };
}
