--[[
  What Redis holds of records, and whether a change of them is under way, read in one step.

  KEYS  1 index of living keys   2 in-flight hash of mongo_changes   3 in-flight hash of redis_changes
        then per record: record, tombstone
  ARGV  1 depth: versions | content, then per record: record key, in-flight field (<entity>:<key>)

  Returns per record {state live|deleted|absent, version ('0': none), digest, indexed 0|1, in flight 0|1}. The digest is
  that of digest-bucket.lua, for a living record at depth content; '' otherwise.
]]
local function version_of(text) return string.match(text, '^{"version":(%d+),') or '0' end

local rows = {}
for i = 1, (#ARGV - 1) / 2 do
  local key, field = ARGV[2 * i], ARGV[2 * i + 1]
  local text = redis.call('GET', KEYS[2 * i + 2])
  local state, version, digest = 'absent', '0', ''
  if text then
    state, version = 'live', version_of(text)
    if ARGV[1] == 'content' then digest = redis.sha1hex(key .. '\n' .. text) end
  else
    local tombstone = redis.call('GET', KEYS[2 * i + 3])
    if tombstone then state, version = 'deleted', version_of(tombstone) end
  end
  local indexed = redis.call('ZSCORE', KEYS[1], key) and 1 or 0
  local flying = redis.call('HEXISTS', KEYS[2], field) + redis.call('HEXISTS', KEYS[3], field)
  rows[i] = { state, version, digest, indexed, flying > 0 and 1 or 0 }
end
return rows
