--[[
  Throws one dead letter away, and notes who did.

  KEYS  1 dead-letter stream   2 audit stream
  ARGV  1 letter id   2 who   3 entries of the audit kept

  Returns 1 when the letter was there.
]]
local found = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
if #found == 0 then return 0 end
redis.call('XDEL', KEYS[1], ARGV[1])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'action', 'discard', 'by', ARGV[2],
  'letterId', ARGV[1], 'detail', found[1][2][8] or '')
return 1
