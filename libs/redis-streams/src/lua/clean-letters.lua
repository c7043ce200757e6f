--[[
  Removes dead letters older than an id, and notes how many.

  KEYS  1 dead-letter stream   2 audit stream
  ARGV  1 id below which letters go   2 who   3 entries of the audit kept

  Returns how many were removed.
]]
local removed = redis.call('XTRIM', KEYS[1], 'MINID', '=', ARGV[1])
if removed > 0 then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'action', 'clean-up', 'by', ARGV[2],
    'letterId', ARGV[1], 'detail', removed .. ' removed')
end
return removed
