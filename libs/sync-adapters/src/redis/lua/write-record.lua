--[[
  One client write in Redis: compares, assigns the next version, writes the projection or the tombstone, and
  appends the change to the stream, at once.

  KEYS  1 record (projection)   2 tombstone   3 stream redis_changes   4 in-flight hash of the stream
        5 ledger redis-to-mongo   6 index of living keys   7 result of this operation
  ARGV  1 entity   2 record key   3 op: upsert | delete
        4 payload: JSON object text, starting with {" (delete: empty)
        5 expected: '' anything | absent | exists | <version> of the living record
        6 tombstone TTL, ms   7 record TTL, s (0: none)   8 operation id TTL, s (0: not idempotent)
        9 traceparent or ''

  Returns {'written', version, created 0|1}, or {'conflict', version, state live|deleted|absent}.

  The event says what the write knew: base, the version held here before it (0: none), and known, the version up to
  which it knew everything that Mongo has; left out when it is base. On top of a version from Mongo that is this one.
  On top of a settled Redis write it is the one below: Mongo may hold another write of that same version. A write on
  top of one in flight knows of Mongo what that one knew, so the in-flight hash holds '<version> <known>'.

  A client that lost the reply sends the script again: KEYS[7] then answers what the first run answered.
  All checks come first: a script that fails half-way is not rolled back.
]]
local remembered = tonumber(ARGV[8]) > 0
if remembered then
  local before = redis.call('GET', KEYS[7])
  if before then
    local version, created = string.match(before, '^(%d+) (%d)$')
    return { 'written', version, tonumber(created) }
  end
end

local op, payload, expected = ARGV[3], ARGV[4], ARGV[5]
if op == 'upsert' then
  if string.sub(payload, 1, 2) ~= '{"' then return redis.error_reply('SYNC payload must be a JSON object') end
elseif op ~= 'delete' then
  return redis.error_reply('SYNC op must be upsert or delete')
end

local current = redis.call('GET', KEYS[1])
local state, stored, writer = 'absent', 0, nil
local function read_stamp(text)
  local version, rest = string.match(text, '^{"version":(%d+),()')
  return tonumber(version) or 0, rest and string.match(text, '^"source":"(%a+)"', rest)
end
if current then
  state = 'live'
  stored, writer = read_stamp(current)
else
  local tombstone = redis.call('GET', KEYS[2])
  if tombstone then
    state = 'deleted'
    stored, writer = read_stamp(tombstone)
  end
end

local met = expected == ''
  or (expected == 'absent' and state ~= 'live')
  or (expected == 'exists' and state == 'live')
  or (state == 'live' and tonumber(expected) == stored)
if not met then return { 'conflict', string.format('%.0f', stored), state } end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local version = math.max(now * 1024, stored + 1)
local text = string.format('%.0f', version)
local stamp = '"version":' .. text .. ',"source":"redis","updatedAt":' .. string.format('%.0f', math.floor(version / 1024))

local field = ARGV[1] .. ':' .. ARGV[2]
local base = string.format('%.0f', stored)
local known = base
if writer == 'redis' then
  local flying = redis.call('HGET', KEYS[4], field)
  known = flying and string.match(flying, ' (%d+)$')
  if not known or tonumber(known) >= stored then known = string.format('%.0f', stored - 1) end
end
local seen = '"base":' .. base .. ','
if known ~= base then seen = seen .. '"known":' .. known .. ',' end

local trace = ''
if ARGV[9] ~= '' then trace = '"traceparent":' .. cjson.encode(ARGV[9]) .. ',' end
local event = '{"schema":1,"entity":' .. cjson.encode(ARGV[1]) .. ',"key":' .. cjson.encode(ARGV[2])
  .. ',"op":"' .. op .. '",' .. trace .. seen .. stamp
  .. ',"eventId":' .. cjson.encode('redis:' .. ARGV[2] .. ':' .. text)
  .. ',"payload":' .. (op == 'upsert' and payload or 'null') .. '}'

redis.call('XADD', KEYS[3], '*', 'event', event)
if op == 'upsert' then
  if ARGV[7] == '0' then
    redis.call('SET', KEYS[1], '{' .. stamp .. ',' .. string.sub(payload, 2))
  else
    redis.call('SET', KEYS[1], '{' .. stamp .. ',' .. string.sub(payload, 2), 'EX', ARGV[7])
  end
  if state == 'deleted' then redis.call('DEL', KEYS[2]) end
  if state ~= 'live' then redis.call('ZADD', KEYS[6], 0, ARGV[2]) end
else
  redis.call('SET', KEYS[2], '{' .. stamp .. '}', 'PX', ARGV[6])
  if state == 'live' then
    redis.call('DEL', KEYS[1])
    redis.call('ZREM', KEYS[6], ARGV[2])
  end
end
redis.call('HSET', KEYS[4], field, text .. ' ' .. known)
if redis.call('HINCRBY', KEYS[5], 'captured', 1) == 1 then redis.call('HSET', KEYS[5], 'since', string.format('%.0f', now)) end

local created = state == 'live' and 0 or 1
if remembered then redis.call('SET', KEYS[7], text .. ' ' .. created, 'EX', ARGV[8]) end
return { 'written', text, created }
