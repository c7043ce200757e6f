--[[
  Moves one pending entry to the dead-letter stream. Idempotent: a second call finds nothing pending.

  KEYS  1 stream   2 dead-letter stream   3 optional: hash of counters
  ARGV  1 group   2 entry id   3 error text   4 attempts
        5 first failure, epoch ms   6 last failure, epoch ms
        7 field of   3 that counts dead letters

  Returns {'moved', id of the dead letter}, {'gone'} (acked or never pending: nothing to do), or
  {'lost'} (its data was trimmed while it was pending: acked, and there is nothing left to keep).

  A dead letter is seven pairs of its own, in this order, followed by the original pairs untouched; so a
  field of the original may bear any name. The mark of an earlier replay ('__group', see replay.lua) is left out.
]]
local stream, dlq = KEYS[1], KEYS[2]
local group, id = ARGV[1], ARGV[2]

if redis.call('EXISTS', stream) == 0 then return { 'gone' } end
local pending = redis.pcall('XPENDING', stream, group, id, id, 1)
if pending.err then
  if string.find(pending.err, 'NOGROUP', 1, true) then return { 'gone' } end
  return pending
end
if #pending == 0 then return { 'gone' } end

local found = redis.call('XRANGE', stream, id, id)
if #found == 0 then
  redis.call('XACK', stream, group, id)
  return { 'lost' }
end

local letter = {
  'originalId', id, 'stream', stream, 'group', group, 'error', ARGV[3], 'attempts', ARGV[4],
  'firstFailedAt', ARGV[5], 'lastFailedAt', ARGV[6],
}
local original = found[1][2]
local last = #original
if last > 2 and original[last - 1] == '__group' then last = last - 2 end
for index = 1, last do letter[#letter + 1] = original[index] end

local letter_id = redis.call('XADD', dlq, '*', unpack(letter))
redis.call('XACK', stream, group, id)
if KEYS[3] then redis.call('HINCRBY', KEYS[3], ARGV[7], 1) end
return { 'moved', letter_id }
