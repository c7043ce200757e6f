--[[
  The ledger of a direction.

  Defines  count_captured(ledger, count)   entries that were appended to the stream; the first ones begin the ledger
]]
--@include clock
local function count_captured(ledger, count)
  if redis.call('HINCRBY', ledger, 'captured', count) == count then redis.call('HSET', ledger, 'since', whole(now_ms())) end
end
