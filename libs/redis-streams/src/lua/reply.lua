--[[
  Adds one reply to the stream of a waiting client, each once. Both keys go when the client is long gone.

  KEYS  1 reply stream   2 hash request -> number of its last reply
  ARGV  1 request id   2 number of the reply, from 0   3 the reply as JSON   4 time to live, ms

  Returns 1 when it was added.
]]
local last = redis.call('HGET', KEYS[2], ARGV[1])
if last and tonumber(last) >= tonumber(ARGV[2]) then return 0 end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', 10000, '*', 'reply', ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
