--[[
  Removes doubts that have been looked into, unless a newer one of the same record has taken their place.

  KEYS  1 doubts
  ARGV  per doubt: field (<entity>:<key>), version

  Returns how many were removed.
]]
local removed = 0
for a = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[a]) == ARGV[a + 1] then removed = removed + redis.call('HDEL', KEYS[1], ARGV[a]) end
end
return removed
