--[[
  The state of a stream and its groups at one moment, without anybody's data.

  KEYS  1 stream
  ARGV  none

  Returns {server time in ms, length, first id, last id, groups}; a group is
  {name, consumers, pending, lag or -1 when Redis can't tell, last delivered id, oldest pending id}.
  Absent ids are ''.
]]
--@include includes/clock
local now = string.format('%.0f', now_ms())
if redis.call('EXISTS', KEYS[1]) == 0 then return { now, 0, '', '', {} } end

local function id_of(entry) return entry and entry[1] or '' end

local groups = {}
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local info = {}
  for index = 1, #group, 2 do info[group[index]] = group[index + 1] end
  local oldest = ''
  if info['pending'] > 0 then oldest = redis.call('XPENDING', KEYS[1], info['name'])[2] end
  groups[#groups + 1] = {
    info['name'], info['consumers'], info['pending'], info['lag'] or -1, info['last-delivered-id'], oldest,
  }
end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return { now, redis.call('XLEN', KEYS[1]), id_of(first), id_of(last), groups }
