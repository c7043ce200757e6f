--[[
  Appends captured changes to mongo_changes and moves the capture position past them, at once: the position travels
  with its events. The compare on the position makes a repeated call harmless and fences a deposed leader.

  KEYS  1 stream mongo_changes   2 position   3 in-flight hash   4 ledger mongo-to-redis
  ARGV  1 expected position ('' for none, * to leave the position alone)   2 next position
        3 how far a version may lie ahead of the clock, ms
        then per change: <entity>:<key>, version, event text

  Returns {'published'}, {'already'} (this very call has run before), {'fenced'} (another process moved the position),
  or {'set-back', index, ...}: these changes, counted from 0, carry a lower version than one of their record that is
  still in flight. Unless published, nothing is written.

  A version from the future is published, for the consumer to put aside, and is not in flight: it would make every
  honest version of its record look set back, for as long as it takes the clock to get there.
]]
--@include includes/chunks
--@include includes/in-flight
--@include includes/key-types
--@include includes/ledger
local fault = misplaced({ 'XLEN', 'STRLEN', 'HLEN', 'HLEN' })
if fault then return fault end
local moving = ARGV[1] ~= '*'
if moving then
  local position = redis.call('GET', KEYS[2]) or ''
  if position ~= ARGV[1] then
    if position == ARGV[2] then return { 'already' } end
    return { 'fenced' }
  end
end

local count = (#ARGV - 3) / 3
local last = last_version(tonumber(ARGV[3]))
local fields, versions, in_flight = {}, {}, {}
for i = 1, count do
  fields[i], versions[i] = ARGV[3 * i + 1], tonumber(ARGV[3 * i + 2])
end
for i, value in ipairs(read_chunks(fields, function(...) return redis.call('HMGET', KEYS[3], ...) end)) do
  local version = version_in_flight(value)
  in_flight[fields[i]] = version <= last and version or 0
end
local behind = { 'set-back' }
for i = 1, count do
  if moving and versions[i] < in_flight[fields[i]] then push(behind, i - 1) end
end
if #behind > 1 then return behind end

local raised = {}
for i = 1, count do
  redis.call('XADD', KEYS[1], '*', 'event', ARGV[3 * i + 3])
  if versions[i] > in_flight[fields[i]] and versions[i] <= last then
    in_flight[fields[i]] = versions[i]
    push(raised, fields[i])
    push(raised, ARGV[3 * i + 2])
  end
end
in_chunks(raised, function(...) redis.call('HSET', KEYS[3], ...) end)
if count > 0 then count_captured(KEYS[4], count) end
if moving then redis.call('SET', KEYS[2], ARGV[2]) end
return { 'published' }
