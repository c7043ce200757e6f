--[[
  What Redis holds of records, and whether a change of them is under way, read in one step.

  KEYS  1 index of living keys   2 in-flight hash of mongo_changes   3 in-flight hash of redis_changes
        then per record: record, tombstone
  ARGV  1 depth: versions | content, then per record: record key, in-flight field (<entity>:<key>)

  Returns per record {state live|deleted|absent, version ('0': none), digest, indexed 0|1, in flight 0|1}. The digest is
  that of digest-bucket.lua, for a living record at depth content; '' otherwise. A text without a stamp is a living record
  without a version; what is no text is no record.
]]
--@include includes/record-text
--@include includes/key-types
local fault = misplaced({ 'ZCARD', 'HLEN', 'HLEN' })
if fault then return fault end
local rows = {}
for i = 1, (#ARGV - 1) / 2 do
  local key, field = ARGV[2 * i], ARGV[2 * i + 1]
  local record = text_at(KEYS[2 * i + 2])
  local stored = record or text_at(KEYS[2 * i + 3])
  local state = record and 'live' or stored and 'deleted' or 'absent'
  local digest = record and ARGV[1] == 'content' and redis.sha1hex(key .. '\n' .. record) or ''
  local indexed = redis.call('ZSCORE', KEYS[1], key) and 1 or 0
  local in_flight = redis.call('HEXISTS', KEYS[2], field) + redis.call('HEXISTS', KEYS[3], field)
  rows[i] = { state, stamp_in(stored or '') or '0', digest, indexed, in_flight > 0 and 1 or 0 }
end
return rows
