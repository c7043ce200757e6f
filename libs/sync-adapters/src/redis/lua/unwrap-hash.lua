--[[
  Replaces a hash by a JSON text, if it still holds exactly the given fields. Safe to repeat.

  KEYS  1 hash
  ARGV  1 JSON text, then field, value, …

  Returns 1 when it was replaced.
]]
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return 0 end
if redis.call('HLEN', KEYS[1]) ~= (#ARGV - 1) / 2 then return 0 end
for a = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[a]) ~= ARGV[a + 1] then return 0 end
end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1])
return 1
