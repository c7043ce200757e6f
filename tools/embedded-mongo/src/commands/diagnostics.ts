import { hostname } from 'node:os';
import { commandError } from '../errors.js';
import { findCollection, reply, type CommandDefinition } from './context.js';
import { assertAdmin } from './collections.js';
import { MAX_DOCUMENT_BYTES } from './documents.js';
import { optionalNumber } from './fields.js';
import { SERVER_VERSION } from './topology.js';

export const NOTICE = 'embedded MongoDB stand-in for development and tests, never for production';

export const ping: CommandDefinition = { fields: [], allowedInTransaction: true, run: () => reply() };

export const buildInfo: CommandDefinition = {
  fields: [],
  run: () =>
    reply({
      version: SERVER_VERSION,
      gitVersion: 'embedded-mongo',
      versionArray: [...SERVER_VERSION.split('.').map(Number), 0],
      modules: [],
      notice: NOTICE,
      bits: 64,
      debug: false,
      maxBsonObjectSize: MAX_DOCUMENT_BYTES,
      storageEngines: ['embedded-mongo'],
    }),
};

/** The parts that monitoring and tests ask for; sections cannot be chosen. */
export const serverStatus: CommandDefinition = {
  fields: [],
  run({ node }) {
    const { topology } = node;
    const { current, total } = node.connectionCount();
    return reply({
      host: hostname(),
      version: SERVER_VERSION,
      process: 'embedded-mongo',
      notice: NOTICE,
      pid: process.pid,
      uptime: Math.round((Date.now() - node.startedAt.getTime()) / 1_000),
      localTime: new Date(),
      connections: { current, totalCreated: total },
      repl: {
        setName: topology.setName,
        isWritablePrimary: topology.isPrimary,
        hosts: [topology.address],
        me: topology.address,
      },
      storageEngine: { name: 'embedded-mongo', supportsCommittedReads: true, persistent: true },
      mem: { bits: 64, resident: Math.round(process.memoryUsage.rss() / 1_048_576) },
    });
  },
};

export const collStats: CommandDefinition = {
  fields: ['scale'],
  run(ctx) {
    const collection = findCollection(ctx);
    const indexes = collection?.indexes.size ?? 0;
    return reply({
      ns: `${ctx.db}.${String(ctx.command.collStats)}`,
      count: collection?.docs.size ?? 0,
      nindexes: indexes,
      capped: false,
    });
  },
};

export const dbStats: CommandDefinition = {
  fields: ['scale', 'freeStorage'],
  run(ctx) {
    const collections = ctx.node.store.data.catalog.collectionsOf(ctx.db);
    return reply({
      db: ctx.db,
      collections: collections.length,
      objects: collections.reduce((sum, { docs }) => sum + docs.size, 0),
      indexes: collections.reduce((sum, { indexes }) => sum + indexes.size, 0),
    });
  },
};

export const connectionStatus: CommandDefinition = {
  fields: ['showPrivileges'],
  run: () => reply({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } }),
};

export const replSetGetStatus: CommandDefinition = {
  fields: [],
  run(ctx) {
    assertAdmin(ctx);
    const { topology } = ctx.node;
    const [state, stateStr] = topology.isPrimary ? [1, 'PRIMARY'] : [2, 'SECONDARY'];
    return reply({
      set: topology.setName,
      date: new Date(),
      myState: state,
      term: 1n,
      members: [{ _id: 0, name: topology.address, health: 1, state, stateStr, self: true }],
    });
  },
};

const DEFAULT_STEP_DOWN_SECONDS = 60;

export const replSetStepDown: CommandDefinition = {
  fields: ['secondaryCatchUpPeriodSecs', 'force'],
  run(ctx) {
    assertAdmin(ctx);
    if (ctx.command.force !== true) {
      throw commandError(
        262,
        'No electable secondaries caught up; a set of one member steps down with force: true only',
      );
    }
    ctx.node.topology.stepDown(optionalNumber(ctx.command, 'replSetStepDown') ?? DEFAULT_STEP_DOWN_SECONDS);
    return reply();
  },
};
