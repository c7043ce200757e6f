--[[
  Begins the idle time of everything pending for a consumer anew: it is alive and at work on it.

  KEYS  1 stream
  ARGV  1 group   2 consumer   3 most entries

  Returns how many there are.
]]
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', ARGV[3], ARGV[2])
for _, row in ipairs(pending) do
  redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, row[1], 'JUSTID')
end
return #pending
