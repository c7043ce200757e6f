/**
 * Rules of the protocol broken on purpose, each in the simulated stores or on the way to them: production code has no
 * hooks for it. A simulation that notices none of them proves nothing.
 */
export const MUTATIONS = {
  'no-tombstones': 'Redis forgets what it deleted',
  'tombstone-not-compared': 'applies to Redis compare with records only',
  'millisecond-clock': 'versions without the ten low bits',
  'drop-echoes-by-origin': 'changes of Redis origin are not published',
  'ignore-ties': 'an equal version from Mongo is never written to Redis',
  'no-stamping': 'documents without a version stay as they are',
  'no-set-back-check': 'a stale image is settled without a look at Mongo',
  'doubts-ignored':
    'what was settled as overtaken, while the newer write was in flight, is not looked at again',
  'doubt-removed-first': 'a doubt is gone before what it asked for is done',
  'no-set-back-at-capture': 'an image below one in flight is published',
  'previous-key-not-buried': 'a changed key leaves no tombstone',
  'non-atomic-compare': 'compare and write in Redis are two steps',
  'equal-version-overwrites-mongo': '`<=` for `<` in the upsert',
  'redelivery-without-compare': 'an entry that was claimed is written to Mongo without a compare',
  'ack-before-effect': 'entries are acknowledged as they are read',
  'settle-without-ledger': 'settling acknowledges and does not count',
  'checkpoint-before-hand-over': 'the position moves in a step before the events',
  'no-fencing': 'a publication does not compare the position',
  'group-at-the-end': 'a lost group is created at `$`',
  'no-in-flight-index': 'nothing notes what is in flight',
  'delta-without-operation-id': 'a deposit whose reply was lost is made again',
  'owned-fields-from-redis': 'an apply to Mongo writes the wallet too',
  'base-ignored': 'a Redis write does not say what it had seen',
  'conflict-not-kept': 'a losing concurrent version is not kept',
  're-emitted-as-new': 'a write whose stream entry was lost is emitted with a new version',
  'tie-taken-for-an-edit': 'a tie of two clients is stamped like the edit of an outsider',
  'vanished-document-ignored': 'a change whose document is gone says nothing of the key that it took away',
  'unstamped-taken-for-newer': 'a Redis write that meets a document without a version is settled as beaten',
  'ledger-only': 'nobody looks for what is in flight and on no stream',
  'snapshot-skipped': 'without a position capture starts at the head',
} as const;

export type Mutation = 'none' | keyof typeof MUTATIONS;
export const MUTATION_NAMES = Object.keys(MUTATIONS) as Exclude<Mutation, 'none'>[];
