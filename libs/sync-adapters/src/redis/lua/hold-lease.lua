--[[
  Takes the lease if it is free, renews it if it is ours.

  KEYS  1 lease
  ARGV  1 our token   2 time to live, ms

  Returns 1 when we hold it now.
]]
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
