--[[
  What Redis knows of records' versions. A stamp given to Mongo's record must lie above both.

  KEYS  1 in-flight hash of mongo_changes, then per record: record, tombstone
  ARGV  per record: in-flight field (<entity>:<key>)

  Returns two strings per record: held (the higher of record and tombstone), in flight from Mongo; '0' where nothing is
  known.
]]
local known = {}
for i = 1, #ARGV do
  local held = 0
  for k = 2 * i, 2 * i + 1 do
    local text = redis.call('GET', KEYS[k])
    local version = text and tonumber(string.match(text, '^{"version":(%d+),')) or 0
    if version > held then held = version end
  end
  known[#known + 1] = string.format('%.0f', held)
  known[#known + 1] = redis.call('HGET', KEYS[1], ARGV[i]) or '0'
end
return known
