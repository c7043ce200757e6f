--[[
  Notes how many partitions a stream has, the first time, and tells what was noted then.

  KEYS  1 hash of the stream's facts
  ARGV  1 partitions

  Returns the number of partitions noted.
]]
redis.call('HSETNX', KEYS[1], 'partitions', ARGV[1])
return tonumber(redis.call('HGET', KEYS[1], 'partitions'))
