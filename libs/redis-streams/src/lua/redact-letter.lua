--[[
  Replaces a dead letter by one in which parts of the original are blanked for good. Entries of a stream can't
  be changed, so the letter gets a new id.

  KEYS  1 dead-letter stream   2 audit stream
  ARGV  1 letter id   2 who   3 entries of the audit kept   4 what was blanked
        then all pairs of the new letter

  Returns the new letter id, or '' when the letter is gone.
]]
if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then return '' end
local pairs = {}
for index = 5, #ARGV do pairs[#pairs + 1] = ARGV[index] end
local id = redis.call('XADD', KEYS[1], '*', unpack(pairs))
redis.call('XDEL', KEYS[1], ARGV[1])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'action', 'redact', 'by', ARGV[2],
  'letterId', ARGV[1], 'detail', ARGV[4] .. ' -> ' .. id)
return id
