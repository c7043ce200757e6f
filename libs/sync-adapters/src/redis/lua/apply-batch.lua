--[[
  Applies a batch of changes that came from Mongo to the projections of one entity, and settles each entry that is
  done: acknowledged, counted in the ledger, remembered in processed_events, no longer in flight. One atomic step,
  hence an exactly-once effect. The rule is `decide` of sync-core; the vectors in test/vectors hold both to it.

  KEYS  1 stream mongo_changes   2 processed_events   3 processed_events:previous
        4 in-flight hash of mongo_changes   5 ledger mongo-to-redis   6 in-flight hash of redis_changes
        7 index of living keys
        then per change: record (projection), tombstone, cache entry ('' when unknown)
  ARGV  1 group   2 entity   3 tombstone TTL, ms   4 record TTL, s (0: none)   5 mode: compare | merge
        then per change: entry id, record key, op, version, source, payload, event id

  mode merge writes at equal version as well: the caller has decided that Mongo's image replaces Redis's.

  Returns per change {verdict, settled 0|1, stored}; stored is '<version> <source>' of what Redis held, or '':
    apply, echo, duplicate      settled
    stale                       settled when Redis's newer version is still on its way to Mongo; otherwise the
                                caller checks whether Mongo was set back, and settles
    merge                       not settled, nothing written; stored is the whole text that Redis holds
]]
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
local counts, results = {}, {}

local function settle(entry_id, field, version, event_id, outcome)
  -- An entry that is not pending was settled by somebody else, or by this very call before its reply was lost.
  if redis.call('XACK', KEYS[1], group, entry_id) == 1 then counts[outcome] = (counts[outcome] or 0) + 1 end
  redis.call('SADD', KEYS[2], event_id)
  local flying = redis.call('HGET', KEYS[4], field)
  if flying and tonumber(flying) <= version then redis.call('HDEL', KEYS[4], field) end
end

local function write(k, op, key, version_text, source, payload, was)
  local stamp = '{"version":' .. version_text .. ',"source":"' .. source .. '","updatedAt":'
    .. string.format('%.0f', math.floor(tonumber(version_text) / 1024))
  if op == 'upsert' then
    local text = stamp .. ',' .. string.sub(payload, 2)
    if record_ttl == '0' then redis.call('SET', KEYS[k], text) else redis.call('SET', KEYS[k], text, 'EX', record_ttl) end
    if was == 'deleted' then redis.call('DEL', KEYS[k + 1]) end
    if was ~= 'live' then redis.call('ZADD', KEYS[7], 0, key) end
    if KEYS[k + 2] ~= '' then redis.call('SET', KEYS[k + 2], text, 'XX', 'KEEPTTL') end
  else
    redis.call('SET', KEYS[k + 1], stamp .. '}', 'PX', tombstone_ttl)
    if was == 'live' then
      redis.call('DEL', KEYS[k])
      redis.call('ZREM', KEYS[7], key)
    end
    if KEYS[k + 2] ~= '' then redis.call('DEL', KEYS[k + 2]) end
  end
end

local n = (#ARGV - 5) / 7
for i = 0, n - 1 do
  local a, k = 6 + i * 7, 8 + i * 3
  local entry_id, key, op, version_text, source, payload, event_id =
    ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4], ARGV[a + 5], ARGV[a + 6]
  local version, field = tonumber(version_text), entity .. ':' .. key

  local was, stored = 'absent', false
  local current = redis.call('GET', KEYS[k])
  if current then
    was, stored = 'live', current
  else
    local tombstone = redis.call('GET', KEYS[k + 1])
    if tombstone then was, stored = 'deleted', tombstone end
  end
  local stored_version = stored and version_of(stored) or 0

  local verdict
  if version > stored_version then
    verdict = 'apply'
  elseif version < stored_version then
    verdict = 'stale'
  elseif (was == 'live' and op == 'upsert' and content_of(stored) == payload) or (was == 'deleted' and op == 'delete') then
    verdict = 'same'
  elseif merging then
    verdict = 'apply'
  else
    verdict = 'merge'
  end

  if verdict == 'apply' then
    write(k, op, key, version_text, source, payload, was)
    settle(entry_id, field, version, event_id, 'applied')
    results[i + 1] = { verdict, 1, stamp_text(stored) }
  elseif verdict == 'same' then
    local seen = redis.call('SISMEMBER', KEYS[2], event_id) == 1 or redis.call('SISMEMBER', KEYS[3], event_id) == 1
    local outcome = (seen or source == 'mongo') and 'duplicate' or 'echo'
    settle(entry_id, field, version, event_id, outcome)
    results[i + 1] = { outcome, 1, '' }
  elseif verdict == 'stale' then
    local flying = redis.call('HGET', KEYS[6], field)
    local on_its_way = flying and tonumber(flying) >= stored_version
    if on_its_way then settle(entry_id, field, version, event_id, 'stale') end
    results[i + 1] = { verdict, on_its_way and 1 or 0, stamp_text(stored) }
  else
    results[i + 1] = { verdict, 0, stored }
  end
end

for outcome, count in pairs(counts) do redis.call('HINCRBY', KEYS[5], outcome, count) end
return results
