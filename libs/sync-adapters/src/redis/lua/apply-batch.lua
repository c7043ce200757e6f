--[[
  Applies a batch of changes that came from Mongo to the projections of one entity, and settles each entry that is
  done: acknowledged, counted in the ledger, remembered in processed_events, no longer in flight. One atomic step,
  hence an exactly-once effect. The rule is decideIntoRedis of sync-core; the vectors in test/vectors hold both to it.

  KEYS  1 stream mongo_changes   2 processed_events   3 processed_events:previous
        4 in-flight hash of mongo_changes   5 ledger mongo-to-redis   6 in-flight hash of redis_changes
        7 index of living keys   8 doubts
        then per change: record (projection), tombstone
  ARGV  1 group   2 entity   3 tombstone TTL, ms   4 record TTL, s (0: none)   5 mode: compare | over
        then per change: entry id, record key, op, version, source, payload, event id; in mode over also the text

  mode over writes at equal version as well, if Redis still holds that very text: the caller has compared it with Mongo's
  image. (The text itself, not a digest of it: to receive it costs Redis about as much as to digest what it holds.)

  Returns {results, foreign}. foreign: '<type> <key>' of what was no record of ours under the two keys of a record, and has
  been written over. results: per change {result, settled 0|1, stored}; stored is '<version> <source>' of what Redis held,
  or '':
    apply, echo, duplicate      settled
    stale                       settled when Redis's newer version is in flight to Mongo, and noted as a doubt: that
                                version may have arrived already, and Mongo been set back since; housekeeping looks
                                when it has landed. Otherwise the caller checks that now, and settles
    merge                       not settled, nothing written; stored is the whole text that Redis holds

  Everything is read first, then decided in memory, then written, each with one command for the whole batch where
  there is one: what Redis spends on a change is mostly the number of commands it takes.
]]
--@include includes/record-text
--@include includes/key-types
--@include includes/settling
local fault = misplaced({ 'XLEN', 'SCARD', 'SCARD', 'HLEN', 'HLEN', 'HLEN', 'ZCARD', 'HLEN' })
if fault then return fault end
local group, entity, tombstone_ttl, record_ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local width = ARGV[5] == 'over' and 8 or 7 -- arguments of a change

-- What Redis holds of each record, by its key: was (live | deleted | absent); the text that says so, its version and
-- source. before is what it was when the script began.
local states, order = {}, {}
local changes, fields, event_ids = {}, {}, {}
for i = 1, (#ARGV - 5) / width do
  local a, k = width * (i - 1) + 6, 2 * i + 7
  local state = states[KEYS[k]]
  if not state then
    state = { record = KEYS[k], tombstone = KEYS[k + 1], key = ARGV[a + 1], was = 'absent', before = 'absent', version = 0 }
    states[KEYS[k]] = state
    push(order, state)
  end
  fields[i], event_ids[i] = entity .. ':' .. ARGV[a + 1], ARGV[a + 6]
  changes[i] = {
    id = ARGV[a], op = ARGV[a + 2], version_text = ARGV[a + 3], version = tonumber(ARGV[a + 3]), source = ARGV[a + 4],
    payload = ARGV[a + 5], event_id = event_ids[i], field = fields[i], state = state, over = width == 8 and ARGV[a + 7],
  }
end

-- What is no text, or none of ours in its place, counts as nothing.
local function load(list, name, was)
  local keys, missing = {}, {}
  for i, state in ipairs(list) do keys[i] = state[name] end
  for i, text in ipairs(read_chunks(keys, function(...) return redis.call('MGET', ...) end)) do
    local state = list[i]
    local version, source, from = stamp_in(text or '')
    if version and (from or was == 'deleted') then
      state.was, state.before, state.text, state.from = was, was, text, from
      state.version_text, state.version, state.source = version, tonumber(version), source
    else
      push(missing, state)
    end
  end
  return missing
end
load(load(order, 'record', 'live'), 'tombstone', 'deleted')

local in_flight = read_chunks(fields, function(...) return redis.call('HMGET', KEYS[4], ...) end)
local function members(key)
  return read_chunks(event_ids, function(...) return redis.call('SMISMEMBER', key, ...) end)
end
local seen, seen_before = members(KEYS[2]), members(KEYS[3])

local function holds_same(state, change)
  if state.was == 'deleted' then return change.op == 'delete' end
  return change.op == 'upsert' and string.sub(state.text, state.from) == string.sub(change.payload, 2)
end

local function decide_into_redis(change)
  local state = change.state
  if change.version > state.version then return 'apply' end
  if change.version < state.version then return 'stale' end
  if holds_same(state, change) then return 'same' end
  return state.text == change.over and 'apply' or 'merge'
end

local function apply(change)
  local state, live = change.state, change.op == 'upsert'
  state.changed = true
  state.was = live and 'live' or 'deleted'
  state.version_text, state.version, state.source = change.version_text, change.version, change.source
  state.text = record_text(change.version_text, change.source, live and change.payload)
  state.from = live and #state.text - #change.payload + 2 or nil
end

local function settle(i, outcome)
  changes[i].outcome = outcome
  note_settled(changes[i], in_flight[i])
end

local results, doubts = {}, {}
for i, change in ipairs(changes) do
  local state = change.state
  local stamp = state.source and state.version_text .. ' ' .. state.source or ''
  local result = decide_into_redis(change)
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
    local settled = to_mongo and version_in_flight(to_mongo) >= state.version
    if settled then
      settle(i, 'stale')
      push(doubts, fields[i])
      push(doubts, state.version_text)
    end
    results[i] = { result, settled and 1 or 0, stamp }
  else
    results[i] = { result, 0, state.text }
  end
end

local texts, gone, indexed, unindexed, unread = {}, {}, {}, {}, {}
for _, state in ipairs(order) do
  if state.changed and state.before ~= 'live' then push(unread, state.record) end
  if state.changed and state.was ~= 'live' and state.before ~= 'deleted' then push(unread, state.tombstone) end
end
local foreign = foreign_among(unread)
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
    push(gone, state.record)
    push(unindexed, state.key)
  end
end
in_chunks(texts, function(...) redis.call('MSET', ...) end)
in_chunks(gone, function(...) redis.call('DEL', ...) end)
in_chunks(indexed, function(...) redis.call('ZADD', KEYS[7], ...) end)
in_chunks(unindexed, function(...) redis.call('ZREM', KEYS[7], ...) end)
in_chunks(doubts, function(...) redis.call('HSET', KEYS[8], ...) end)
settle_noted({ stream = KEYS[1], processed = KEYS[2], in_flight = KEYS[4], ledger = KEYS[5] }, group)
return { results, foreign }
