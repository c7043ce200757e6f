--[[
  Ends the journey of stream entries whose effect is already in place: acknowledges and counts each, remembers its
  event, and takes it out of flight. An entry that is no longer pending is not counted again.

  KEYS  1 stream   2 processed_events   3 in-flight hash of the stream   4 ledger of the direction
  ARGV  1 group, then per entry: entry id, in-flight field (<entity>:<key>), version, event id, outcome

  Returns the number of entries that were pending until now.
]]
local counts, settled = {}, 0
for a = 2, #ARGV, 5 do
  local field, version = ARGV[a + 1], tonumber(ARGV[a + 2])
  if redis.call('XACK', KEYS[1], ARGV[1], ARGV[a]) == 1 then
    counts[ARGV[a + 4]] = (counts[ARGV[a + 4]] or 0) + 1
    settled = settled + 1
  end
  redis.call('SADD', KEYS[2], ARGV[a + 3])
  local flying = redis.call('HGET', KEYS[3], field)
  if flying and tonumber(flying) <= version then redis.call('HDEL', KEYS[3], field) end
end
for outcome, count in pairs(counts) do redis.call('HINCRBY', KEYS[4], outcome, count) end
return settled
