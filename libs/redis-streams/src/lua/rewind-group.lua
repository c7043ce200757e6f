--[[
  Sets a group of one stream to a position, making it if need be, and forgets which event ids it has handled:
  what is delivered again is to be handled again.

  KEYS  1 stream   2, 3 handled ids of the group
  ARGV  1 group   2 id after which delivery begins

  Returns {'created' or 'moved', first id in the stream or ''}.
]]
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM')
if type(made) == 'table' and made.err then
  if not string.find(made.err, 'BUSYGROUP', 1, true) then return made end
  redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[2])
  made = nil
end
redis.call('DEL', KEYS[2], KEYS[3])
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
return { made and 'created' or 'moved', first and first[1] or '' }
