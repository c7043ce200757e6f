--[[
  One client write in Redis: compares, assigns the next version, writes the projection or the tombstone, and
  appends the change to the stream, at once.

  KEYS  1 record (projection)   2 tombstone   3 stream redis_changes   4 in-flight hash of the stream
        5 ledger redis-to-mongo   6 index of living keys   7 result of this operation
  ARGV  1 entity   2 record key   3 op: upsert | delete
        4 payload: text of a JSON object with a member at least (delete: empty)
        5 expected: '' anything | absent | exists | <version> of the living record (0: a text without a
          stamp), or <version> <source> of it: after a tie another text may have the same version
        6 tombstone TTL, ms   7 record TTL, s (0: none)   8 operation id TTL, s (0: not idempotent)
        9 traceparent or ''   10 changed: JSON list of the top-level fields that were set or removed; '': all

  Returns {'written', version, created 0|1, '<type> <key>', …}: what was no record of ours under the record's two keys
  and has been written over; or {'conflict', version, state live|deleted|absent}.

  The event says what the write knew: base, the version held here before it (0: none), and known, the version up to
  which it knew everything that Mongo has; left out when it is base. And what it changed, together with those writes
  below it that have not landed: the merge point may never see them. includes/in-flight.lua says how both are found.

  A client that lost the reply sends the script again: KEYS[7] then answers what the first run answered.
  All checks come first: a script that fails half-way is not rolled back.
]]
--@include includes/record-text
--@include includes/key-types
--@include includes/envelope
--@include includes/in-flight
--@include includes/ledger
local remembered = tonumber(ARGV[8]) > 0
if remembered then
  local version, created = string.match(text_at(KEYS[7]) or '', '^(%d+) (%d)$')
  if version then return { 'written', version, tonumber(created) } end
end

local op, expected = ARGV[3], ARGV[5]
local payload = op == 'upsert' and ARGV[4]
if op == 'upsert' then
  if not string.find(payload, '^{%s*"') then return redis.error_reply('SYNC payload must be a JSON object') end
elseif op ~= 'delete' then
  return redis.error_reply('SYNC op must be upsert or delete')
end

local record = text_at(KEYS[1])
local state, base, source = holding(record, KEYS[2])
-- A JSON object without a stamp can be read, and so removed and written; any other text is no record.
local unstamped = state ~= 'live' and record and string.find(record, '^%s*{')

local wanted, wanted_source = string.match(expected, '^(%d+) ?(%l*)$')
local met = expected == ''
  or (expected == 'absent' and state ~= 'live')
  or (expected == 'exists' and (state == 'live' or unstamped))
  or (expected == '0' and unstamped)
  or (state == 'live' and wanted and tonumber(wanted) == tonumber(base) and (wanted_source == '' or wanted_source == source))
if not met then return { 'conflict', base, state } end
-- Nothing lies above the highest version: what has it is written over like what has none.
if tonumber(base) == MAX_VERSION then base, source = '0', nil end

-- The stream need not be looked at: it is written to first.
local indexing = state ~= 'live' or not payload
local fault = misplaced({ 'HLEN', 'HLEN' }, 4) or indexing and misplaced({ 'ZCARD' }, 6)
if fault then return fault end

local field = ARGV[1] .. ':' .. ARGV[2]
local in_flight = source == 'redis' and redis.call('HGET', KEYS[4], field)
local known = known_on_top(base, source, in_flight)
local changed = changed_on_top(payload and ARGV[10] or '', in_flight)
local version = next_version(base)
local foreign = {}
if indexing then
  if state ~= 'live' then foreign[1] = KEYS[1] end
  if not payload and state ~= 'deleted' then foreign[#foreign + 1] = KEYS[2] end
  foreign = foreign_among(foreign)
end

local added = redis.pcall('XADD', KEYS[3], '*', 'event', event_text({
  entity = ARGV[1], key = ARGV[2], version = version, base = base, known = known, changed = changed, payload = payload,
  traceparent = ARGV[9] ~= '' and ARGV[9],
}))
if type(added) ~= 'string' then return misplaced({ 'XLEN' }, 3) or added end
local text = record_text(version, 'redis', payload)
if payload then
  if ARGV[7] == '0' then redis.call('SET', KEYS[1], text) else redis.call('SET', KEYS[1], text, 'EX', ARGV[7]) end
  if state == 'deleted' then redis.call('DEL', KEYS[2]) end
  if state ~= 'live' then redis.call('ZADD', KEYS[6], 0, ARGV[2]) end
else
  redis.call('SET', KEYS[2], text, 'PX', ARGV[6])
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[6], ARGV[2])
end
redis.call('HSET', KEYS[4], field, version .. ' ' .. known .. ' ' .. changed)
count_captured(KEYS[5], 1)

local created = state == 'live' and 0 or 1
if remembered then redis.call('SET', KEYS[7], version .. ' ' .. created, 'EX', ARGV[8]) end
return { 'written', version, created, unpack(foreign) }
