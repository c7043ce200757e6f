--[[
  Which event ids a group has handled.

  KEYS  1 handled ids, current generation (hash)   2 handled ids, previous generation
  ARGV  event ids

  Returns the positions (from 1) of those that are known.
]]
local known = {}
for index = 1, #ARGV do
  if redis.call('HEXISTS', KEYS[1], ARGV[index]) == 1 or redis.call('HEXISTS', KEYS[2], ARGV[index]) == 1 then
    known[#known + 1] = index
  end
end
return known
