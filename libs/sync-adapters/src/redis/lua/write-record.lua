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
  which it knew everything that Mongo has; left out when it is base. includes/in-flight.lua says how it is found.

  A client that lost the reply sends the script again: KEYS[7] then answers what the first run answered.
  All checks come first: a script that fails half-way is not rolled back.
]]
--@include includes/record-text
--@include includes/envelope
--@include includes/in-flight
--@include includes/ledger
local remembered = tonumber(ARGV[8]) > 0
if remembered then
  local before = redis.call('GET', KEYS[7])
  if before then
    local version, created = string.match(before, '^(%d+) (%d)$')
    return { 'written', version, tonumber(created) }
  end
end

local op, expected = ARGV[3], ARGV[5]
local payload = op == 'upsert' and ARGV[4]
if op == 'upsert' then
  if string.sub(payload, 1, 2) ~= '{"' then return redis.error_reply('SYNC payload must be a JSON object') end
elseif op ~= 'delete' then
  return redis.error_reply('SYNC op must be upsert or delete')
end

local record = redis.call('GET', KEYS[1])
local stored = record or redis.call('GET', KEYS[2])
local state = record and 'live' or stored and 'deleted' or 'absent'
local base, source = stamp_in(stored or '')
base = base or '0'

local met = expected == ''
  or (expected == 'absent' and state ~= 'live')
  or (expected == 'exists' and state == 'live')
  or (state == 'live' and tonumber(expected) == tonumber(base))
if not met then return { 'conflict', base, state } end

local field = ARGV[1] .. ':' .. ARGV[2]
local known = known_on_top(base, source, source == 'redis' and redis.call('HGET', KEYS[4], field))
local version = next_version(base)
redis.call('XADD', KEYS[3], '*', 'event', event_text({
  entity = ARGV[1], key = ARGV[2], version = version, base = base, known = known, payload = payload,
  traceparent = ARGV[9] ~= '' and ARGV[9],
}))
local text = record_text(version, 'redis', payload)
if payload then
  if ARGV[7] == '0' then redis.call('SET', KEYS[1], text) else redis.call('SET', KEYS[1], text, 'EX', ARGV[7]) end
  if state == 'deleted' then redis.call('DEL', KEYS[2]) end
  if state ~= 'live' then redis.call('ZADD', KEYS[6], 0, ARGV[2]) end
else
  redis.call('SET', KEYS[2], text, 'PX', ARGV[6])
  if state == 'live' then
    redis.call('DEL', KEYS[1])
    redis.call('ZREM', KEYS[6], ARGV[2])
  end
end
redis.call('HSET', KEYS[4], field, version .. ' ' .. known)
count_captured(KEYS[5], 1)

local created = state == 'live' and 0 or 1
if remembered then redis.call('SET', KEYS[7], version .. ' ' .. created, 'EX', ARGV[8]) end
return { 'written', version, created }
