--[[
  Makes the index name exactly those of these records that are living. Safe to repeat.

  KEYS  1 index of living keys, then per record: record
  ARGV  per record: record key

  Returns how many entries were added or removed.
]]
local mended = 0
for i, key in ipairs(ARGV) do
  if redis.call('EXISTS', KEYS[i + 1]) == 1 then
    mended = mended + redis.call('ZADD', KEYS[1], 0, key)
  else
    mended = mended + redis.call('ZREM', KEYS[1], key)
  end
end
return mended
