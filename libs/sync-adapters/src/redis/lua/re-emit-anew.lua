--[[
  Gives what Redis holds of a record a new version and re-emits it. Needed when Mongo was set back to an older
  state (restored, replaced): Redis's version, long settled, would never travel again.

  KEYS  1 record   2 tombstone   3 stream redis_changes   4 in-flight hash of redis_changes   5 ledger redis-to-mongo
  ARGV  1 entity   2 record key   3 version that Redis is expected to hold
        4 tombstone TTL, ms

  The event claims to have seen nothing of what Mongo has (base 0): whatever it overwrites there is kept first.

  Returns the new version, or '' when Redis has moved on (or holds nothing, or nothing lies above what it holds).
]]
--@include includes/record-text
--@include includes/key-types
--@include includes/envelope
--@include includes/ledger
local fault = misplaced({ 'XLEN', 'HLEN', 'HLEN' }, 3)
if fault then return fault end
local record = text_at(KEYS[1])
local state, held = holding(record, KEYS[2])
if state == 'absent' or tonumber(held) ~= tonumber(ARGV[3]) or tonumber(held) == MAX_VERSION then return '' end

local payload = state == 'live' and payload_in(record)
local version = next_version(held)
redis.call('XADD', KEYS[3], '*', 'event', event_text({
  entity = ARGV[1], key = ARGV[2], version = version, base = '0', payload = payload,
}))
local text = record_text(version, 'redis', payload)
if payload then
  redis.call('SET', KEYS[1], text, 'KEEPTTL')
else
  redis.call('SET', KEYS[2], text, 'PX', ARGV[4])
end
redis.call('HSET', KEYS[4], ARGV[1] .. ':' .. ARGV[2], version .. ' 0 *')
count_captured(KEYS[5], 1)
return version
