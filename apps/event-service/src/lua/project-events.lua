--[[
  Takes the effects of a batch of events into a group's figures, and acknowledges each, in one step: an event counts
  where its acknowledgement takes place here, so that one that comes again is not counted again.

  KEYS  1 stream   2 hash of figures   3 hash: subject → id of its last entry, a space, what it said
  ARGV  1 group   2 most subjects kept
        then per event: entry id, figure, subject or '', what it said

  Returns how many counted.
]]
-- Ids are two decimal numbers of up to 64 bits, more than a Lua number holds: compare them as text.
local function older(a, b)
  local a_time, a_sequence = string.match(a, '^(%d+)-(%d+)')
  local b_time, b_sequence = string.match(b, '^(%d+)-(%d+)')
  local left, right = a_time, b_time
  if a_time == b_time then left, right = a_sequence, b_sequence end
  if #left ~= #right then return #left < #right end
  return left < right
end

-- Two instances of the group may run one after the other in the wrong order.
local function keep_last(subject, id, said)
  local last = redis.call('HGET', KEYS[3], subject)
  if last and older(id, last) then return end
  if not last and redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[3], redis.call('HRANDFIELD', KEYS[3]))
  end
  redis.call('HSET', KEYS[3], subject, id .. ' ' .. said)
end

local counted = 0
for index = 3, #ARGV, 4 do
  local id, figure, subject, said = ARGV[index], ARGV[index + 1], ARGV[index + 2], ARGV[index + 3]
  if redis.call('XACK', KEYS[1], ARGV[1], id) == 1 then
    counted = counted + 1
    redis.call('HINCRBY', KEYS[2], figure, 1)
    if subject ~= '' then keep_last(subject, id, said) end
  end
end
return counted
