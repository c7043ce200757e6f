--[[
  Counts the entries of a stream that were trimmed or deleted before a group had read them, and notes them as read, so
  that each loss is told once. Redis counts what was added and what the group has read; the rest must still be there.
  While the group is in the midst of the stream that can't be told; then it is told later.

  KEYS  1 stream
  ARGV  1 group

  Returns how many were lost since the last call.
]]
--@include includes/entry-ids
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end

local function facts(pairs)
  local found = {}
  for index = 1, #pairs, 2 do found[pairs[index]] = pairs[index + 1] end
  return found
end

local stream, group = facts(redis.call('XINFO', 'STREAM', KEYS[1])), nil
for _, one in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local info = facts(one)
  if info['name'] == ARGV[1] then group = info end
end
-- Without a counter (a group that was set to a position, and has not read since) there is nothing to go by.
if not group or not group['entries-read'] then return 0 end

local last, unread = group['last-delivered-id'], nil
if stream['length'] == 0 or last == stream['last-generated-id'] then
  unread = 0
elseif older(last, stream['first-entry'][1]) then
  unread = stream['length']
else
  return 0
end
local lost = stream['entries-added'] - unread - group['entries-read']
if lost <= 0 then return 0 end
redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], last, 'ENTRIESREAD', group['entries-read'] + lost)
return lost
