import { commandError, unsupported } from '../errors.js';
import { compileFilter } from '../query/index.js';
import type { CollectionOptions } from '../store/collection.js';
import type { IndexSpec } from '../store/index-spec.js';
import type { Collection } from '../store/collection.js';
import { isDocument, parseCollation, valuesEqual, type Document } from '../values/index.js';
import {
  collectionName,
  findCollection,
  reply,
  type CommandContext,
  type CommandDefinition,
} from './context.js';
import { ensureCollection } from './documents.js';
import { assertOnlyFields, optionalNumber } from './fields.js';
import { existingCollection } from './indexes.js';
import { parseNamespace } from './namespace.js';

const REFUSED: Readonly<Record<string, string>> = {
  viewOn: 'views',
  pipeline: 'views',
  capped: 'capped collections',
  size: 'capped collections',
  max: 'capped collections',
  timeseries: 'time series collections',
  clusteredIndex: 'clustered collections',
  encryptedFields: 'Queryable Encryption',
  storageEngine: 'the collection option storageEngine',
  indexOptionDefaults: 'the collection option indexOptionDefaults',
};

const OPTION_FIELDS = ['validator', 'validationLevel', 'validationAction', 'changeStreamPreAndPostImages'];

export const create: CommandDefinition = {
  fields: [
    'collation',
    'autoIndexId',
    'expireAfterSeconds',
    'idIndex',
    ...OPTION_FIELDS,
    ...Object.keys(REFUSED),
  ],
  defines: true,
  allowedInTransaction: true,
  run(ctx) {
    assertSupported(ctx.command);
    const { db, name } = collectionName(ctx);
    const options = collectionOptions(ctx.command);
    const existing = findCollection(ctx);
    if (existing) {
      throw commandError(48, `Collection ${db}.${name} already exists.`);
    }
    ensureCollection(ctx, options);
    return reply();
  },
};

function assertSupported(command: Document): void {
  for (const [field, feature] of Object.entries(REFUSED)) {
    if (command[field] !== undefined && command[field] !== false) throw unsupported(feature);
  }
  if (command.expireAfterSeconds !== undefined) throw unsupported('clustered and time series collections');
}

function collectionOptions(command: Document): CollectionOptions {
  const options: CollectionOptions = {};
  const {
    collation,
    validator,
    validationLevel,
    validationAction,
    changeStreamPreAndPostImages: images,
  } = command;
  const parsed = parseCollation(collation);
  if (parsed) options.collation = parsed.spec;
  if (isDocument(validator)) {
    compileFilter(validator, { now: new Date() });
    options.validator = validator;
  }
  if (validationLevel !== undefined) {
    options.validationLevel = oneOf('validationLevel', validationLevel, ['off', 'strict', 'moderate']);
  }
  if (validationAction !== undefined) {
    options.validationAction = oneOf('validationAction', validationAction, ['error', 'warn']);
  }
  if (images !== undefined) {
    if (!isDocument(images) || typeof images.enabled !== 'boolean') {
      throw commandError(14, 'changeStreamPreAndPostImages must be {enabled: true | false}');
    }
    options.changeStreamPreAndPostImages = { enabled: images.enabled };
  }
  return options;
}

function oneOf(field: string, value: unknown, allowed: readonly string[]): string {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  throw commandError(2, `Enumeration value '${String(value)}' for field '${field}' is not a valid value.`);
}

export const collMod: CommandDefinition = {
  fields: [...OPTION_FIELDS, 'index', 'viewOn', 'pipeline', 'cappedSize', 'cappedMax', 'expireAfterSeconds'],
  defines: true,
  run(ctx) {
    const { command } = ctx;
    const refused = ['viewOn', 'pipeline', 'cappedSize', 'cappedMax', 'expireAfterSeconds'].find(
      (field) => field in command,
    );
    if (refused) throw unsupported(`collMod ${refused}`);
    const collection = existingCollection(ctx);
    const changed = collectionOptions(command);
    const index = isDocument(command.index) ? modifiedIndex(collection, command.index) : undefined;
    const request = Object.fromEntries(
      Object.entries(command).filter(([field]) => field === 'index' || OPTION_FIELDS.includes(field)),
    );
    ctx.workspace.define({
      op: 'modify',
      at: collection.at,
      uuid: collection.uuid,
      options: { ...collection.options, ...changed },
      request,
      ...(index && { index: index.after }),
    });
    return reply(index ? index.report : {});
  },
};

function modifiedIndex(collection: Collection, request: Document): { after: IndexSpec; report: Document } {
  assertOnlyFields('collMod.index', request, [
    'name',
    'keyPattern',
    'expireAfterSeconds',
    'hidden',
    'unique',
    'prepareUnique',
  ]);
  if ('unique' in request || 'prepareUnique' in request) throw unsupported('collMod index.unique');
  const { name, keyPattern, hidden } = request;
  const spec = [...collection.indexes.values()]
    .map((index) => index.spec)
    .find((one) => one.name === name || (isDocument(keyPattern) && valuesEqual(one.key, keyPattern)));
  if (!spec) throw commandError(27, 'cannot find the index for collMod');
  const after = { ...spec };
  const report: Document = {};
  const seconds = optionalNumber(request, 'expireAfterSeconds');
  if (seconds !== undefined) {
    after.expireAfterSeconds = seconds;
    report.expireAfterSeconds_new = seconds;
    if (spec.expireAfterSeconds !== undefined) report.expireAfterSeconds_old = spec.expireAfterSeconds;
  }
  if (hidden !== undefined) {
    delete after.hidden;
    if (hidden === true) after.hidden = true;
    Object.assign(report, { hidden_old: spec.hidden ?? false, hidden_new: hidden === true });
  }
  return { after, report };
}

export const drop: CommandDefinition = {
  fields: [],
  defines: true,
  run(ctx) {
    const collection = findCollection(ctx);
    if (!collection) return reply();
    const { at, uuid, ns, indexes } = collection;
    const nIndexesWas = indexes.size;
    ctx.workspace.define({ op: 'drop', at, uuid });
    return reply({ nIndexesWas, ns });
  },
};

export const dropDatabase: CommandDefinition = {
  fields: [],
  defines: true,
  run(ctx) {
    const collections = ctx.node.store.data.catalog.collectionsOf(ctx.db);
    if (collections.length === 0) return reply();
    for (const { at, uuid } of collections) ctx.workspace.define({ op: 'drop', at, uuid });
    ctx.workspace.define({ op: 'dropDatabase', db: ctx.db });
    return reply({ dropped: ctx.db });
  },
};

export const renameCollection: CommandDefinition = {
  fields: ['to', 'dropTarget', 'stayTemp'],
  defines: true,
  run(ctx) {
    assertAdmin(ctx);
    const from = parseNamespace(ctx.command.renameCollection);
    const to = parseNamespace(ctx.command.to);
    const source = ctx.workspace.collection(from);
    if (!source) throw commandError(26, `Source collection ${from.db}.${from.name} does not exist`);
    if (valuesEqual(from, to)) throw commandError(20, "Can't rename a collection to itself");
    const target = ctx.workspace.collection(to);
    if (target && ctx.command.dropTarget !== true) throw commandError(48, 'target namespace exists');
    ctx.workspace.define({
      op: 'rename',
      at: from,
      uuid: source.uuid,
      to,
      ...(target && { dropTarget: target.uuid }),
    });
    return reply();
  },
};

export function assertAdmin({ name, db }: CommandContext): void {
  if (db !== 'admin') throw commandError(13, `${name} may only be run against the admin database.`);
}
