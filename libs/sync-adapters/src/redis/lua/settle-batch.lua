--[[
  Ends the journey of stream entries whose effect is already in place: acknowledges and counts each, remembers its
  event, and takes it out of flight. An entry that is no longer pending is not counted again.

  KEYS  1 stream   2 processed_events   3 in-flight hash of the stream   4 ledger of the direction
  ARGV  1 group, then per entry: entry id, in-flight field (<entity>:<key>), version, event id, outcome

  Returns the number of entries that were pending until now.
]]
--@include includes/key-types
--@include includes/settling
local fault = misplaced({ 'XLEN', 'SCARD', 'HLEN', 'HLEN' })
if fault then return fault end
local entries, fields = {}, {}
for a = 2, #ARGV, 5 do
  push(fields, ARGV[a + 1])
  push(entries, {
    id = ARGV[a], field = ARGV[a + 1], version = tonumber(ARGV[a + 2]), event_id = ARGV[a + 3], outcome = ARGV[a + 4],
  })
end
local in_flight = read_chunks(fields, function(...) return redis.call('HMGET', KEYS[3], ...) end)
for i, entry in ipairs(entries) do note_settled(entry, in_flight[i]) end
return settle_noted({ stream = KEYS[1], processed = KEYS[2], in_flight = KEYS[3], ledger = KEYS[4] }, ARGV[1])
