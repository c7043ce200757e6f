--[[
  Makes the index name exactly those of these records that are living. Safe to repeat.

  KEYS  1 index of living keys, then per record: record
  ARGV  per record: record key

  Returns how many entries were added or removed.
]]
--@include includes/key-types
local fault = misplaced({ 'ZCARD' })
if fault then return fault end
local mended = 0
for i, key in ipairs(ARGV) do
  if redis.call('TYPE', KEYS[i + 1]).ok == 'string' then
    mended = mended + redis.call('ZADD', KEYS[1], 0, key)
  else
    mended = mended + redis.call('ZREM', KEYS[1], key)
  end
end
return mended
