--[[
  One digest over the living records of a key range, so that a comparison of equal sides moves some sixty bytes per
  thousand records.

  KEYS  1 index of living keys
  ARGV  1 from, 2 to: bounds as ZRANGE BYLEX takes them   3 most records   4 depth: versions | content
        5 before and 6 behind the record key in the name of a record

  Returns {digest, count, last key ('' when there is none), more 0|1}.

  The digest is SHA-1 (hex) over the digests of the records in key order; a record's is SHA-1 over
  '<key>\n<text>' at depth content, '<key>\n<version>' at depth versions. A record that is not there, or is no text, has an empty
  one.

  The names of the records come from the index, so they cannot be given as KEYS.
]]
--@include includes/record-text
--@include includes/key-types
local fault = misplaced({ 'ZCARD' })
if fault then return fault end
local READ_AT_ONCE = 200 -- bounds what is held at once: records may be large
local limit = tonumber(ARGV[3])
local keys = redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[2], 'BYLEX', 'LIMIT', 0, limit + 1)
local more = #keys > limit
if more then table.remove(keys) end

local digests = {}
for from = 1, #keys, READ_AT_ONCE do
  local names = {}
  for i = from, math.min(from + READ_AT_ONCE - 1, #keys) do names[#names + 1] = ARGV[5] .. keys[i] .. ARGV[6] end
  for i, text in ipairs(redis.call('MGET', unpack(names))) do
    local said = text or ''
    if ARGV[4] == 'versions' then said = stamp_in(said) or '' end
    digests[from + i - 1] = redis.sha1hex(keys[from + i - 1] .. '\n' .. said)
  end
end
return { redis.sha1hex(table.concat(digests)), #keys, keys[#keys] or '', more and 1 or 0 }
