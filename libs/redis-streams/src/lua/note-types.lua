--[[
  Notes which event types a process of a group handles, and tells what other processes have noted. What has not been
  noted again for the time kept is forgotten: by then no instance with those types is left.

  KEYS  1 hash types -> when they were last noted, epoch ms
  ARGV  1 own types, as one text   2 time kept, ms

  Returns the others' types, one text for each.
]]
--@include includes/clock
local now = now_ms()
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], ARGV[2])

local others, noted = {}, redis.call('HGETALL', KEYS[1])
for index = 1, #noted, 2 do
  if now - noted[index + 1] > tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[1], noted[index])
  elseif noted[index] ~= ARGV[1] then
    others[#others + 1] = noted[index]
  end
end
table.sort(others)
return others
