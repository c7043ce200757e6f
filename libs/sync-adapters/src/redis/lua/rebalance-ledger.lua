--[[
  Brings the books of a direction in line with its stream after the stream or its group was lost or recreated.
  Entries that vanished are booked as superseded: what they carried is emitted again. Entries that will be delivered
  a second time are booked as captured a second time.

  KEYS  1 stream   2 ledger of the direction
  ARGV  1 group, then the names of all outcomes

  Returns the number of entries that vanished (negative: that will come again).
]]
local in_flight = 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, row in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for i = 1, #row, 2 do group[row[i]] = row[i + 1] end
    if group['name'] == ARGV[1] then
      local unread = #redis.call('XRANGE', KEYS[1], '(' .. group['last-delivered-id'], '+')
      in_flight = group['pending'] + unread
    end
  end
end
local owed = tonumber(redis.call('HGET', KEYS[2], 'captured') or '0')
for a = 2, #ARGV do owed = owed - tonumber(redis.call('HGET', KEYS[2], ARGV[a]) or '0') end
local vanished = owed - in_flight
if vanished > 0 then redis.call('HINCRBY', KEYS[2], 'superseded', vanished) end
if vanished < 0 then redis.call('HINCRBY', KEYS[2], 'captured', -vanished) end
return vanished
