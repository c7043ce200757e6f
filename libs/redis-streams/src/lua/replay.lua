--[[
  Puts one dead letter back into its stream as a new entry, and removes the letter. Idempotent: the second
  call finds no letter. The entry ends in a pair that names the letter's group, '__group': no other group
  handles it, since no other one has failed with it.

  KEYS  1 dead-letter stream   2 stream   3 optional: hash of counters, or '' for none
        4 optional: audit stream
  ARGV  1 letter id   2 field of   3 that counts what enters the stream
        3 who does it   4 entries of the audit kept

  Returns {'replayed', new entry id}, {'not-found'}, {'foreign'} (the letter is of another stream), or
  {'redacted'} (parts of it were blanked for good: it is not what was published any more).
]]
local META = 14 -- seven pairs of the letter's own, see dead-letter.lua
local found = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
if #found == 0 then return { 'not-found' } end

local parts = found[1][2]
if parts[4] ~= KEYS[2] or #parts <= META then return { 'foreign' } end
if parts[#parts - 1] == '__redacted' then return { 'redacted' } end

local original = {}
for index = META + 1, #parts do original[#original + 1] = parts[index] end
original[#original + 1] = '__group'
original[#original + 1] = parts[6]
local id = redis.call('XADD', KEYS[2], '*', unpack(original))
redis.call('XDEL', KEYS[1], ARGV[1])
if KEYS[3] and KEYS[3] ~= '' then redis.call('HINCRBY', KEYS[3], ARGV[2], 1) end
if KEYS[4] then
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[4], '*', 'action', 'replay', 'by', ARGV[3],
    'letter_id', ARGV[1], 'detail', id)
end
return { 'replayed', id }
