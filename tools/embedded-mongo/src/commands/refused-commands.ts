/** By what they are for, since that is what a reader of the refusal wants to know. */
const BY_FEATURE: Readonly<Record<string, string>> = {
  'the bulkWrite command (MongoDB 8.0)': 'bulkWrite',
  'the explain command': 'explain',
  mapReduce: 'mapReduce',
  authentication: 'saslStart saslContinue authenticate logout',
  'managing users':
    'createUser updateUser dropUser dropAllUsersFromDatabase usersInfo grantRolesToUser revokeRolesFromUser',
  'managing roles':
    'createRole updateRole dropRole dropAllRolesFromDatabase rolesInfo grantRolesToRole revokeRolesFromRole ' +
    'grantPrivilegesToRole revokePrivilegesFromRole invalidateUserCache',
  'server parameters':
    'getParameter setParameter getClusterParameter setClusterParameter setFeatureCompatibilityVersion',
  'default concerns': 'getDefaultRWConcern setDefaultRWConcern',
  'the plan cache': 'planCacheClear planCacheClearFilters planCacheListFilters planCacheSetFilter',
  'index maintenance': 'validate compact autoCompact reIndex setIndexCommitQuorum',
  'capped collections': 'cloneCollectionAsCapped convertToCapped',
  'operations in progress': 'currentOp killOp dropConnections',
  profiling: 'profile top analyze',
  'server logs': 'getLog logRotate logApplicationMessage',
  'server diagnostics':
    'hostInfo getCmdLineOpts connPoolStats listCommands lockInfo whatsmyuri features dataSize dbHash filemd5',
  'the fsync command': 'fsync fsyncUnlock',
  'reconfiguring the replica set':
    'replSetInitiate replSetReconfig replSetGetConfig replSetFreeze replSetMaintenance replSetSyncFrom ' +
    'replSetResizeOplog replSetAbortPrimaryCatchUp appendOplogNote',
  'killing sessions by pattern': 'killAllSessionsByPattern',
  certificates: 'rotateCertificates',
  'search indexes (MongoDB Atlas)': 'createSearchIndexes updateSearchIndex dropSearchIndex listSearchIndexes',
  sharding:
    'enableSharding shardCollection addShard removeShard listShards balancerStart balancerStop balancerStatus ' +
    'split moveChunk mergeChunks reshardCollection refineCollectionShardKey checkShardingIndex getShardMap ' +
    'shardingState flushRouterConfig shardConnPoolStats',
};

/** Commands MongoDB 7.0 has and this server has not: the feature to name when one is refused. */
export const REFUSED_COMMANDS: ReadonlyMap<string, string> = new Map(
  Object.entries(BY_FEATURE).flatMap(([feature, names]) => names.split(' ').map((name) => [name, feature])),
);
