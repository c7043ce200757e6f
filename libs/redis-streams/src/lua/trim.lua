--[[
  Trims a stream up to what no group needs any more: the oldest entry that is pending, or the last one
  delivered where nothing is pending. Of a stream without groups the last entries are kept, if a number is given.

  KEYS  1 stream
  ARGV  1 most entries to remove in this call (keeps Redis responsive)
        2 entries kept while there is no group; 0: all

  Returns {entries removed, id below which was trimmed or '', length afterwards}.
]]
--@include includes/entry-ids
if redis.call('EXISTS', KEYS[1]) == 0 then return { 0, '', 0 } end

local floor = ''
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local info = {}
  for index = 1, #group, 2 do info[group[index]] = group[index + 1] end
  local needed = info['last-delivered-id']
  if info['pending'] > 0 then needed = redis.call('XPENDING', KEYS[1], info['name'])[2] end
  if floor == '' or older(needed, floor) then floor = needed end
end

local removed = 0
if floor ~= '' then
  removed = redis.call('XTRIM', KEYS[1], 'MINID', '~', floor, 'LIMIT', ARGV[1])
elseif ARGV[2] ~= '0' then
  removed = redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', ARGV[2], 'LIMIT', ARGV[1])
end
return { removed, floor, redis.call('XLEN', KEYS[1]) }
