--[[
  Gives what Redis holds of a record a new version and re-emits it. Needed when Mongo was set back to an older
  state (restored, replaced): Redis's version, long settled, would never travel again.

  KEYS  1 record   2 tombstone   3 stream redis_changes   4 in-flight hash of redis_changes   5 ledger redis-to-mongo
  ARGV  1 entity   2 record key   3 version that Redis is expected to hold
        4 tombstone TTL, ms

  The event says what it is built on, as write-record.lua explains: base and known.

  Returns the new version, or '' when Redis has moved on (or holds nothing).
]]
--@include includes/record-text
--@include includes/envelope
--@include includes/in-flight
--@include includes/ledger
local record = redis.call('GET', KEYS[1])
local stored = record or redis.call('GET', KEYS[2]) or ''
local base, source = stamp_in(stored)
if base ~= ARGV[3] then return '' end

local field = ARGV[1] .. ':' .. ARGV[2]
local payload = record and payload_in(record)
local known = known_on_top(base, source, redis.call('HGET', KEYS[4], field))
local version = next_version(base)
redis.call('XADD', KEYS[3], '*', 'event', event_text({
  entity = ARGV[1], key = ARGV[2], version = version, base = base, known = known, payload = payload,
}))
local text = record_text(version, 'redis', payload)
if record then
  redis.call('SET', KEYS[1], text, 'KEEPTTL')
else
  redis.call('SET', KEYS[2], text, 'PX', ARGV[4])
end
redis.call('HSET', KEYS[4], field, version .. ' ' .. known)
count_captured(KEYS[5], 1)
return version
