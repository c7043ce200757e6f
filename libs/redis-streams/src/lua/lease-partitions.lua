--[[
  Shares the partitions of a stream among the live instances of a group: each partition has one owner, each
  instance at most its fair share. What an instance has too much of it is told, and gives back when it has
  finished what is in hand.

  KEYS  1 hash partition -> 'expiry owner'   2 sorted set of live instances by expiry
  ARGV  1 instance   2 lease, ms   3 partitions   4 1: the instance leaves
        then partitions to give back

  Returns {fair share, partitions owned …}.
]]
--@include includes/clock
local now = now_ms()
local me, lease, partitions = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local function owner_of(partition)
  local value = redis.call('HGET', KEYS[1], partition)
  if not value then return nil end
  local expiry, owner = string.match(value, '^(%d+) (.*)$')
  if tonumber(expiry) <= now then return nil end
  return owner
end

for index = 5, #ARGV do
  if owner_of(ARGV[index]) == me then redis.call('HDEL', KEYS[1], ARGV[index]) end
end
if ARGV[4] == '1' then
  redis.call('ZREM', KEYS[2], me)
  return { 0 }
end

redis.call('ZADD', KEYS[2], now + lease, me)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local fair = math.ceil(partitions / redis.call('ZCARD', KEYS[2]))

local mine, free = {}, {}
for partition = 0, partitions - 1 do
  local owner = owner_of(partition)
  if owner == me then mine[#mine + 1] = partition elseif not owner then free[#free + 1] = partition end
end
for _, partition in ipairs(free) do
  if #mine < fair then mine[#mine + 1] = partition end
end
for _, partition in ipairs(mine) do
  redis.call('HSET', KEYS[1], partition, string.format('%.0f %s', now + lease, me))
end
redis.call('PEXPIRE', KEYS[1], 10 * lease)
redis.call('PEXPIRE', KEYS[2], 10 * lease)
return { fair, unpack(mine) }
