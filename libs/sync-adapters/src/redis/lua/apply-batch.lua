--[[
  Applies a batch of changes that came from Mongo to the projections of one entity, and settles each entry that is
  done: acknowledged, counted in the ledger, remembered in processed_events, no longer in flight. One atomic step,
  hence an exactly-once effect. The rule is `decide` of sync-core; the vectors in test/vectors hold both to it.

  KEYS  1 stream mongo_changes   2 processed_events   3 processed_events:previous
        4 in-flight hash of mongo_changes   5 ledger mongo-to-redis   6 in-flight hash of redis_changes
        7 index of living keys   8 doubts
        then per change: record (projection), tombstone, cache entry ('' when unknown)
  ARGV  1 group   2 entity   3 tombstone TTL, ms   4 record TTL, s (0: none)   5 mode: compare | merge
        then per change: entry id, record key, op, version, source, payload, event id

  mode merge writes at equal version as well: the caller has decided that Mongo's image replaces Redis's.

  Returns per change {verdict, settled 0|1, stored}; stored is '<version> <source>' of what Redis held, or '':
    apply, echo, duplicate      settled
    stale                       settled when Redis's newer version is in flight to Mongo, and noted as a doubt: that
                                version may have arrived already, and Mongo been set back since; housekeeping looks
                                when it has landed. Otherwise the caller checks that now, and settles
    merge                       not settled, nothing written; stored is the whole text that Redis holds

  Everything is read first, then decided in memory, then written, each with one command for the whole batch where
  there is one: what Redis spends on a change is mostly the number of commands it takes.
]]
local CHUNK = 1000 -- unpack has a limit; even, as some lists are of pairs

local function in_chunks(list, command)
  for from = 1, #list, CHUNK do command(unpack(list, from, math.min(from + CHUNK - 1, #list))) end
end

-- The replies of a command that answers each of its arguments.
local function read(list, command)
  local replies = {}
  in_chunks(list, function(...)
    for _, reply in ipairs(command(...)) do replies[#replies + 1] = reply end
  end)
  return replies
end

local function push(list, value) list[#list + 1] = value end

local function version_of(text)
  return tonumber(string.match(text, '^{"version":(%d+),')) or 0
end

local function stamp_text(text)
  local version, source = string.match(text or '', '^{"version":(%d+),"source":"(%a+)"')
  return version and version .. ' ' .. source or ''
end

-- The content of a projection behind its stamp, in the payload's form; nil when the text is not one of ours.
local function content_of(text)
  local from = string.match(text, '^{"version":%d+,"source":"%a+","updatedAt":%d+,()')
  return from and '{' .. string.sub(text, from)
end

local group, entity, tombstone_ttl, record_ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local merging = ARGV[5] == 'merge'

-- What Redis holds of each record, by its key: was (live | deleted | absent), and the text that says so.
local states, order = {}, {}
local changes, fields, event_ids = {}, {}, {}
for i = 1, (#ARGV - 5) / 7 do
  local a, k = 7 * i - 1, 3 * i + 6
  local state = states[KEYS[k]]
  if not state then
    state = { record = KEYS[k], tombstone = KEYS[k + 1], key = ARGV[a + 1], was = 'absent' }
    states[KEYS[k]] = state
    push(order, state)
  end
  changes[i] = {
    entry_id = ARGV[a], op = ARGV[a + 2], version_text = ARGV[a + 3], version = tonumber(ARGV[a + 3]),
    source = ARGV[a + 4], payload = ARGV[a + 5], cache_entry = KEYS[k + 2], state = state,
  }
  fields[i], event_ids[i] = entity .. ':' .. ARGV[a + 1], ARGV[a + 6]
end

local function load(list, name, was)
  local keys, missing = {}, {}
  for i, state in ipairs(list) do keys[i] = state[name] end
  for i, text in ipairs(read(keys, function(...) return redis.call('MGET', ...) end)) do
    if text then list[i].was, list[i].text = was, text else push(missing, list[i]) end
    list[i].before = list[i].was
  end
  return missing
end
load(load(order, 'record', 'live'), 'tombstone', 'deleted')

local flying = read(fields, function(...) return redis.call('HMGET', KEYS[4], ...) end)
local function members(key)
  return read(event_ids, function(...) return redis.call('SMISMEMBER', key, ...) end)
end
local seen, seen_before = members(KEYS[2]), members(KEYS[3])

local acked, processed, landed, cached, doubts = {}, {}, {}, {}, {}

local function settle(i, outcome)
  acked[outcome] = acked[outcome] or {}
  push(acked[outcome], changes[i].entry_id)
  push(processed, event_ids[i])
  if flying[i] and tonumber(flying[i]) <= changes[i].version then push(landed, fields[i]) end
end

local function apply(change)
  local state = change.state
  local stamp = '{"version":' .. change.version_text .. ',"source":"' .. change.source .. '","updatedAt":'
    .. string.format('%.0f', math.floor(change.version / 1024))
  local live = change.op == 'upsert'
  state.changed = true
  state.was = live and 'live' or 'deleted'
  state.text = live and stamp .. ',' .. string.sub(change.payload, 2) or stamp .. '}'
  if change.cache_entry ~= '' then cached[change.cache_entry] = live and state.text or false end
end

local function verdict_on(change, stored_version)
  local state = change.state
  if change.version > stored_version then return 'apply' end
  if change.version < stored_version then return 'stale' end
  local same = state.was == 'live' and change.op == 'upsert' and content_of(state.text) == change.payload
    or state.was == 'deleted' and change.op == 'delete'
  if same then return 'same' end
  return merging and 'apply' or 'merge'
end

local results = {}
for i, change in ipairs(changes) do
  local stored = change.state.text
  local stored_version = stored and version_of(stored) or 0
  local verdict = verdict_on(change, stored_version)
  if verdict == 'apply' then
    apply(change)
    settle(i, 'applied')
    results[i] = { verdict, 1, stamp_text(stored) }
  elseif verdict == 'same' then
    local repeated = change.source == 'mongo' or seen[i] == 1 or seen_before[i] == 1
    local outcome = repeated and 'duplicate' or 'echo'
    settle(i, outcome)
    results[i] = { outcome, 1, '' }
  elseif verdict == 'stale' then
    local on_its_way = redis.call('HGET', KEYS[6], fields[i])
    local settled = on_its_way and tonumber(string.match(on_its_way, '^%d+')) >= stored_version
    if settled then
      settle(i, 'stale')
      push(doubts, fields[i])
      push(doubts, string.format('%.0f', stored_version))
    end
    results[i] = { verdict, settled and 1 or 0, stamp_text(stored) }
  else
    results[i] = { verdict, 0, stored }
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

local entries = {}
for name in pairs(cached) do push(entries, name) end
for i, text in ipairs(read(entries, function(...) return redis.call('MGET', ...) end)) do
  local fresh = cached[entries[i]]
  if text and fresh then redis.call('SET', entries[i], fresh, 'KEEPTTL') end
  if text and not fresh then redis.call('DEL', entries[i]) end
end

-- An entry that is not pending was settled by somebody else, or by this very call before its reply was lost.
for outcome, ids in pairs(acked) do
  local count = 0
  in_chunks(ids, function(...) count = count + redis.call('XACK', KEYS[1], group, ...) end)
  if count > 0 then redis.call('HINCRBY', KEYS[5], outcome, count) end
end
in_chunks(processed, function(...) redis.call('SADD', KEYS[2], ...) end)
in_chunks(landed, function(...) redis.call('HDEL', KEYS[4], ...) end)
in_chunks(doubts, function(...) redis.call('HSET', KEYS[8], ...) end)
return results
