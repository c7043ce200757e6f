--[[
  What Redis knows of a record's version. A stamp given to Mongo's record must lie above both.

  KEYS  1 in-flight hash of mongo_changes   2 record   3 tombstone
  ARGV  1 in-flight field (<entity>:<key>)

  Returns {held: the higher of record and tombstone, in flight from Mongo}; '0' where nothing is known.
]]
local held = 0
for k = 2, 3 do
  local text = redis.call('GET', KEYS[k])
  local version = text and tonumber(string.match(text, '^{"version":(%d+),')) or 0
  if version > held then held = version end
end
return { string.format('%.0f', held), redis.call('HGET', KEYS[1], ARGV[1]) or '0' }
