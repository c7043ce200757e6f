--[[
  Makes a stream known and gives it its groups, so that nothing published on it can be trimmed before they have read it.
  Idempotent.

  KEYS  1 set of known streams   2 the stream
  ARGV  1 most streams there may be
        then groups

  Returns 1, or 0 when there are too many streams already.
]]
if redis.call('SISMEMBER', KEYS[1], KEYS[2]) == 0 then
  if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
end
for index = 2, #ARGV do
  local made = redis.pcall('XGROUP', 'CREATE', KEYS[2], ARGV[index], '0', 'MKSTREAM')
  if made.err and not string.find(made.err, 'BUSYGROUP', 1, true) then return made end
end
redis.call('SADD', KEYS[1], KEYS[2])
return 1
