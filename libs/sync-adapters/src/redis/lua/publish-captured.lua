--[[
  Appends captured changes to mongo_changes and moves the capture position past them, at once: the position travels
  with its events. The compare on the position makes a repeated call harmless and fences a deposed leader.

  KEYS  1 stream mongo_changes   2 position   3 in-flight hash   4 ledger mongo-to-redis
  ARGV  1 expected position ('' for none, * to leave the position alone)   2 next position
        then per change: <entity>:<key>, version, event text

  Returns 'published', 'already' (this very call has run before) or 'fenced' (somebody else moved the position).
]]
local moving = ARGV[1] ~= '*'
if moving then
  local position = redis.call('GET', KEYS[2]) or ''
  if position ~= ARGV[1] then
    if position == ARGV[2] then return 'already' end
    return 'fenced'
  end
end
local count = (#ARGV - 2) / 3
for a = 3, #ARGV, 3 do
  redis.call('XADD', KEYS[1], '*', 'event', ARGV[a + 2])
  local flying = redis.call('HGET', KEYS[3], ARGV[a])
  if not flying or tonumber(flying) < tonumber(ARGV[a + 1]) then redis.call('HSET', KEYS[3], ARGV[a], ARGV[a + 1]) end
end
if count > 0 and redis.call('HINCRBY', KEYS[4], 'captured', count) == count then
  local time = redis.call('TIME')
  redis.call('HSET', KEYS[4], 'since', string.format('%.0f', tonumber(time[1]) * 1000))
end
if moving then redis.call('SET', KEYS[2], ARGV[2]) end
return 'published'
