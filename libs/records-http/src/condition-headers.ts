import { Field } from '@redis-mongo-sync/service-kit';
import { parseEntityTags, type Conditions, type EntityTags } from './entity-tags.js';

const EXAMPLE_TAG = '"1850880000000000"';

/** The conditional headers of a read. */
export class ReadConditions implements Conditions {
  @EntityTagsField(`Only if the present version is this one, e.g. ${EXAMPLE_TAG}. Otherwise 412.`)
  ifMatch?: EntityTags;

  @EntityTagsField(`304 if the present version is this one, e.g. ${EXAMPLE_TAG}.`)
  ifNoneMatch?: EntityTags;
}

/** The conditional headers of a write. */
export class WriteConditions implements Conditions {
  @EntityTagsField(
    `Only if the present version is this one, e.g. ${EXAMPLE_TAG}; \`*\`: only if the record is there. Otherwise 412.`,
  )
  ifMatch?: EntityTags;

  @EntityTagsField('`*`: only if there is no such record. Otherwise 412.')
  ifNoneMatch?: EntityTags;
}

function EntityTagsField(description: string): PropertyDecorator {
  return Field({
    optional: true,
    description,
    schema: { type: 'string' },
    convert: (header) => parseEntityTags(String(header)),
    check: (tags) =>
      tags === null ? 'must be * or a list of entity tags such as "1807500000000000"' : undefined,
  });
}
