--[[
  Starts a new generation of processed_events when the present one is old or large enough. The one before is kept
  for lookups; the one before that goes. (One set whose TTL is refreshed by every write would never expire.)

  KEYS  1 processed_events   2 processed_events:previous   3 start of the present generation
  ARGV  1 maximum age, ms   2 maximum members

  Returns 1 when it rotated.
]]
--@include includes/clock
local now = now_ms()
local started = tonumber(redis.call('GET', KEYS[3]) or '')
if not started then
  redis.call('SET', KEYS[3], whole(now))
  return 0
end
local size = redis.call('SCARD', KEYS[1])
if size == 0 or (now - started < tonumber(ARGV[1]) and size < tonumber(ARGV[2])) then return 0 end
redis.call('RENAME', KEYS[1], KEYS[2])
redis.call('SET', KEYS[3], whole(now))
return 1
