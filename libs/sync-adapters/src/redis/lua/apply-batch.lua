--[[
  Applies a batch of changes that came from Mongo to the projections of one entity, and settles each entry that is
  done: acknowledged, counted in the ledger, remembered in processed_events, no longer in flight. One atomic step,
  hence an exactly-once effect. The rule is decideIntoRedis of sync-core; the vectors in test/vectors hold both to it.

  KEYS  1 stream mongo_changes   2 processed_events   3 processed_events:previous
        4 in-flight hash of mongo_changes   5 ledger mongo-to-redis   6 in-flight hash of redis_changes
        7 index of living keys   8 doubts
        then per change: record (projection), tombstone
  ARGV  1 group   2 entity   3 tombstone TTL, ms   4 record TTL, s (0: none)   5 mode: compare | merge
        then per change: entry id, record key, op, version, source, payload, event id

  mode merge writes at equal version as well: the caller has decided that Mongo's image replaces Redis's.

  Returns per change {result, settled 0|1, stored}; stored is '<version> <source>' of what Redis held, or '':
    apply, echo, duplicate      settled
    stale                       settled when Redis's newer version is in flight to Mongo, and noted as a doubt: that
                                version may have arrived already, and Mongo been set back since; housekeeping looks
                                when it has landed. Otherwise the caller checks that now, and settles
    merge                       not settled, nothing written; stored is the whole text that Redis holds

  Everything is read first, then decided in memory, then written, each with one command for the whole batch where
  there is one: what Redis spends on a change is mostly the number of commands it takes.
]]
--@include includes/record-text
--@include includes/settling
local group, entity, tombstone_ttl, record_ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local merging = ARGV[5] == 'merge'

-- What Redis holds of each record, by its key: was (live | deleted | absent), and the text that says so.
local states, order = {}, {}
local changes, fields, event_ids = {}, {}, {}
for i = 1, (#ARGV - 5) / 7 do
  local a, k = 7 * i - 1, 2 * i + 7
  local state = states[KEYS[k]]
  if not state then
    state = { record = KEYS[k], tombstone = KEYS[k + 1], key = ARGV[a + 1], was = 'absent' }
    states[KEYS[k]] = state
    push(order, state)
  end
  fields[i], event_ids[i] = entity .. ':' .. ARGV[a + 1], ARGV[a + 6]
  changes[i] = {
    id = ARGV[a], op = ARGV[a + 2], version_text = ARGV[a + 3], version = tonumber(ARGV[a + 3]), source = ARGV[a + 4],
    payload = ARGV[a + 5], event_id = event_ids[i], field = fields[i], state = state,
  }
end

local function load(list, name, was)
  local keys, missing = {}, {}
  for i, state in ipairs(list) do keys[i] = state[name] end
  for i, text in ipairs(read_chunks(keys, function(...) return redis.call('MGET', ...) end)) do
    if text then list[i].was, list[i].text = was, text else push(missing, list[i]) end
    list[i].before = list[i].was
  end
  return missing
end
load(load(order, 'record', 'live'), 'tombstone', 'deleted')

local in_flight = read_chunks(fields, function(...) return redis.call('HMGET', KEYS[4], ...) end)
local function members(key)
  return read_chunks(event_ids, function(...) return redis.call('SMISMEMBER', key, ...) end)
end
local seen, seen_before = members(KEYS[2]), members(KEYS[3])

local function decide_into_redis(change, stored_version)
  local state = change.state
  if change.version > stored_version then return 'apply' end
  if change.version < stored_version then return 'stale' end
  local same = state.was == 'live' and change.op == 'upsert' and payload_in(state.text) == change.payload
    or state.was == 'deleted' and change.op == 'delete'
  if same then return 'same' end
  return merging and 'apply' or 'merge'
end

local function apply(change)
  local state, live = change.state, change.op == 'upsert'
  state.changed = true
  state.was = live and 'live' or 'deleted'
  state.text = record_text(change.version_text, change.source, live and change.payload)
end

local function settle(i, outcome)
  changes[i].outcome = outcome
  note_settled(changes[i], in_flight[i])
end

local results, doubts = {}, {}
for i, change in ipairs(changes) do
  local stored = change.state.text
  local version_text, source = stamp_in(stored or '')
  local stored_version = tonumber(version_text or 0)
  local stamp = version_text and version_text .. ' ' .. source or ''
  local result = decide_into_redis(change, stored_version)
  if result == 'apply' then
    apply(change)
    settle(i, 'applied')
    results[i] = { result, 1, stamp }
  elseif result == 'same' then
    local repeated = change.source == 'mongo' or seen[i] == 1 or seen_before[i] == 1
    local outcome = repeated and 'duplicate' or 'echo'
    settle(i, outcome)
    results[i] = { outcome, 1, '' }
  elseif result == 'stale' then
    local to_mongo = redis.call('HGET', KEYS[6], fields[i])
    local settled = to_mongo and version_in_flight(to_mongo) >= stored_version
    if settled then
      settle(i, 'stale')
      push(doubts, fields[i])
      push(doubts, whole(stored_version))
    end
    results[i] = { result, settled and 1 or 0, stamp }
  else
    results[i] = { result, 0, stored }
  end
end

local texts, gone, indexed, unindexed = {}, {}, {}, {}
for _, state in ipairs(order) do
  if state.changed and state.was == 'live' then
    if record_ttl == '0' then
      push(texts, state.record)
      push(texts, state.text)
    else
      redis.call('SET', state.record, state.text, 'EX', record_ttl)
    end
    if state.before == 'deleted' then push(gone, state.tombstone) end
    if state.before ~= 'live' then
      push(indexed, 0)
      push(indexed, state.key)
    end
  elseif state.changed then
    redis.call('SET', state.tombstone, state.text, 'PX', tombstone_ttl)
    if state.before == 'live' then
      push(gone, state.record)
      push(unindexed, state.key)
    end
  end
end
in_chunks(texts, function(...) redis.call('MSET', ...) end)
in_chunks(gone, function(...) redis.call('DEL', ...) end)
in_chunks(indexed, function(...) redis.call('ZADD', KEYS[7], ...) end)
in_chunks(unindexed, function(...) redis.call('ZREM', KEYS[7], ...) end)
in_chunks(doubts, function(...) redis.call('HSET', KEYS[8], ...) end)
settle_noted({ stream = KEYS[1], processed = KEYS[2], in_flight = KEYS[4], ledger = KEYS[5] }, group)
return results
