--[[
  Ends the journey of stream entries whose effect is already in place: acknowledges and counts each, remembers its
  event, and takes it out of flight. An entry that is no longer pending is not counted again.

  KEYS  1 stream   2 processed_events   3 in-flight hash of the stream   4 ledger of the direction
  ARGV  1 group, then per entry: entry id, in-flight field (<entity>:<key>), version, event id, outcome

  Returns the number of entries that were pending until now.
]]
local CHUNK = 1000 -- unpack has a limit
local acked, fields, event_ids = {}, {}, {}
for a = 2, #ARGV, 5 do
  local outcome = ARGV[a + 4]
  acked[outcome] = acked[outcome] or {}
  table.insert(acked[outcome], ARGV[a])
  table.insert(fields, ARGV[a + 1])
  table.insert(event_ids, ARGV[a + 3])
end

local function in_chunks(list, command)
  for from = 1, #list, CHUNK do command(from, unpack(list, from, math.min(from + CHUNK - 1, #list))) end
end

local settled = 0
for outcome, ids in pairs(acked) do
  local count = 0
  in_chunks(ids, function(_, ...) count = count + redis.call('XACK', KEYS[1], ARGV[1], ...) end)
  if count > 0 then redis.call('HINCRBY', KEYS[4], outcome, count) end
  settled = settled + count
end
in_chunks(event_ids, function(_, ...) redis.call('SADD', KEYS[2], ...) end)

local landed = {}
in_chunks(fields, function(from, ...)
  for i, flying in ipairs(redis.call('HMGET', KEYS[3], ...)) do
    local version = tonumber(ARGV[5 * (from + i - 1) - 1])
    if flying and tonumber(string.match(flying, '^%d+')) <= version then table.insert(landed, fields[from + i - 1]) end
  end
end)
in_chunks(landed, function(_, ...) redis.call('HDEL', KEYS[3], ...) end)
return settled
