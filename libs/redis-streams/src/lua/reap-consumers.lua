--[[
  Removes the names of consumers that are gone. Only those without pending entries: XGROUP DELCONSUMER
  drops a consumer's pending entries for good. One script, so that none can get an entry in between.

  KEYS  1 stream
  ARGV  1 group   2 least idle time, ms

  Returns the names removed.
]]
local removed = {}
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local info = {}
  for index = 1, #consumer, 2 do info[consumer[index]] = consumer[index + 1] end
  if info['pending'] == 0 and info['idle'] >= tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], info['name'])
    removed[#removed + 1] = info['name']
  end
end
return removed
