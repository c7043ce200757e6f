--[[
  Emits a Redis write again whose stream entry went missing before it was settled: the same event, with the same
  version. (A new version would make it win over what Mongo's clients wrote since.)

  KEYS  1 record   2 tombstone   3 stream redis_changes   4 in-flight hash of redis_changes   5 ledger redis-to-mongo
  ARGV  1 entity   2 record key

  Of what the write had seen, the in-flight hash still tells the part that is from Mongo: known; and it tells what the
  write changed. All Redis writes below it are taken for seen (base).

  Returns the version; '' when nothing of the record is in flight, or a newer version from Mongo has taken its place in
  Redis. Then nothing has to travel, and nothing is in flight any more.
]]
--@include includes/record-text
--@include includes/key-types
--@include includes/envelope
--@include includes/in-flight
--@include includes/ledger
local fault = misplaced({ 'XLEN', 'HLEN', 'HLEN' }, 3)
if fault then return fault end
local field = ARGV[1] .. ':' .. ARGV[2]
local in_flight = redis.call('HGET', KEYS[4], field)
if not in_flight then return '' end
local record = text_at(KEYS[1])
local state, version, source = holding(record, KEYS[2])
if source ~= 'redis' then
  redis.call('HDEL', KEYS[4], field)
  return ''
end

local live = state == 'live'
redis.call('XADD', KEYS[3], '*', 'event', event_text({
  entity = ARGV[1], key = ARGV[2], version = version, base = whole(version - 1),
  known = known_on_top(version, source, in_flight), changed = live and changed_in_flight(in_flight),
  payload = live and payload_in(record),
}))
count_captured(KEYS[5], 1)
return version
