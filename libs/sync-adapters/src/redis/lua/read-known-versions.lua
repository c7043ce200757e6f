--[[
  What Redis knows of records' versions. A stamp given to Mongo's record must lie above both.

  KEYS  1 in-flight hash of mongo_changes, then per record: record, tombstone
  ARGV  per record: in-flight field (<entity>:<key>)

  Returns two strings per record: held (the higher of record and tombstone), in flight from Mongo; '0' where nothing is
  known.
]]
--@include includes/chunks
--@include includes/record-text
--@include includes/in-flight
--@include includes/key-types
local fault = misplaced({ 'HLEN' })
if fault then return fault end
local known = {}
for i = 1, #ARGV do
  local record, tombstone = text_at(KEYS[2 * i]), text_at(KEYS[2 * i + 1])
  push(known, whole(math.max(version_in(record), version_in(tombstone))))
  push(known, whole(version_in_flight(redis.call('HGET', KEYS[1], ARGV[i]))))
end
return known
