--[[
  Gives the lease up, if it is ours, so that another process need not wait for it to expire.

  KEYS  1 lease
  ARGV  1 our token

  Returns 1 when it was ours.
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
