--[[
  Throws a dead letter of a sync stream away, and takes out of flight what it left there: its entry will never be settled.

  KEYS  1 dead-letter stream   2 in-flight hash of the stream
  ARGV  1 letter id   2 in-flight field (<entity>:<key>)   3 version of the letter

  Returns 1 when the letter was there. A version in flight above the letter's is another entry's, and stays.
]]
--@include includes/in-flight
--@include includes/key-types
local fault = misplaced({ 'XLEN', 'HLEN' })
if fault then return fault end
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
local in_flight = redis.call('HGET', KEYS[2], ARGV[2])
if in_flight and version_in_flight(in_flight) <= tonumber(ARGV[3]) then redis.call('HDEL', KEYS[2], ARGV[2]) end
return 1
