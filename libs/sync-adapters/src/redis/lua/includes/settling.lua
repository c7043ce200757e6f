--[[
  Ends the journey of stream entries: acknowledges and counts each, remembers its event, and takes it out of flight. An
  entry that is not pending was settled by another consumer, or by this very call before its reply was lost: it is not
  counted again.

  Defines  note_settled(entry, in_flight)   entry: id, event_id, field (<entity>:<key>), version, outcome; in_flight:
                                            what the in-flight hash holds at that field
           settle_noted(keys, group)        keys: stream, processed, in_flight, ledger; returns how many were pending
]]
--@include chunks
--@include in-flight
local ids_by_outcome, event_ids_settled, fields_landed = {}, {}, {}

local function note_settled(entry, in_flight)
  ids_by_outcome[entry.outcome] = ids_by_outcome[entry.outcome] or {}
  push(ids_by_outcome[entry.outcome], entry.id)
  push(event_ids_settled, entry.event_id)
  if in_flight and version_in_flight(in_flight) <= entry.version then push(fields_landed, entry.field) end
end

local function settle_noted(keys, group)
  local settled = 0
  for outcome, ids in pairs(ids_by_outcome) do
    local count = 0
    in_chunks(ids, function(...) count = count + redis.call('XACK', keys.stream, group, ...) end)
    if count > 0 then redis.call('HINCRBY', keys.ledger, outcome, count) end
    settled = settled + count
  end
  in_chunks(event_ids_settled, function(...) redis.call('SADD', keys.processed, ...) end)
  in_chunks(fields_landed, function(...) redis.call('HDEL', keys.in_flight, ...) end)
  return settled
end
