--[[
  The ledger of a direction beside what its stream holds, read in one step.

  KEYS  1 stream   2 ledger of the direction
  ARGV  1 group   2 mode: read | rebalance   then the names of all outcomes

  mode rebalance also brings the ledger in line, after the stream or its group was lost or recreated: entries that
  are missing are counted as superseded (what they carried is re-emitted), entries that will be delivered a second
  time are counted as captured a second time.

  Returns {ledger as a flat list, pending, unread, missing}. missing is what the ledger owes and the stream does not
  hold (negative: what it holds too much); 0 when the ledger balances.
]]
local function unread_after(id)
  local count, from = 0, '(' .. id
  repeat
    local page = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', 1000)
    count = count + #page
    if #page > 0 then from = '(' .. page[#page][1] end
  until #page < 1000
  return count
end

-- Redis's lag is a difference of two counters: entries that were trimmed before they were read stay in it for good.
-- So it is believed only while there is a long backlog.
local LOOK = 100
local function unread_of(group)
  local lag, last = group['lag'], group['last-delivered-id']
  if not lag then return unread_after(last) end
  local expected = math.min(lag, LOOK)
  local found = expected > 0 and #redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', expected) or 0
  return found < expected and found or lag
end

local pending, unread = 0, 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  local found = false
  for _, row in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for i = 1, #row, 2 do group[row[i]] = row[i + 1] end
    if group['name'] == ARGV[1] then
      found = true
      pending = group['pending']
      unread = unread_of(group)
    end
  end
  if not found then unread = redis.call('XLEN', KEYS[1]) end
end

local owed = tonumber(redis.call('HGET', KEYS[2], 'captured') or '0')
for a = 3, #ARGV do owed = owed - tonumber(redis.call('HGET', KEYS[2], ARGV[a]) or '0') end
local missing = owed - pending - unread
if ARGV[2] == 'rebalance' then
  if missing > 0 then redis.call('HINCRBY', KEYS[2], 'superseded', missing) end
  if missing < 0 then redis.call('HINCRBY', KEYS[2], 'captured', -missing) end
end
return { redis.call('HGETALL', KEYS[2]), pending, unread, missing }
