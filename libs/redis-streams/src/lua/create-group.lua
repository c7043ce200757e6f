--[[
  Makes a group unless it is there: with an exact count of what it has no need to read; so whatever is trimmed before
  it has been read can be told (see count-lost.lua).

  KEYS  1 stream
  ARGV  1 group   2 where it begins: '0', '$' or the id of an entry

  Returns the id after which the group reads.
]]
local position = ARGV[2]
local added, length, last = 0, 0, '0-0'
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for index = 1, #info, 2 do
    if info[index] == 'entries-added' then added = info[index + 1] end
    if info[index] == 'length' then length = info[index + 1] end
    if info[index] == 'last-generated-id' then last = info[index + 1] end
  end
end
local read = {}
if position == '0' then read = { 'ENTRIESREAD', added - length } end
if position == '$' then position, read = last, { 'ENTRIESREAD', added } end
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], position, 'MKSTREAM', unpack(read))
if type(made) == 'table' and made.err then
  if not string.find(made.err, 'BUSYGROUP', 1, true) then return made end
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local info = {}
    for index = 1, #group, 2 do info[group[index]] = group[index + 1] end
    if info['name'] == ARGV[1] then return info['last-delivered-id'] end
  end
end
return string.find(position, '-', 1, true) and position or position .. '-0'
