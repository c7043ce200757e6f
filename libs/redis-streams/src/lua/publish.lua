--[[
  Adds events to streams, each id once. Whoever sends a call again (a client whose connection was cut, a
  producer that heard nothing) gets what the first call got, and no second entry.

  An id is remembered for at least the window, unless more than the given number of ids come within it:
  two generations are kept; the current one becomes the previous one when it is older than the window or
  full. So at most twice that number of ids is held, and nothing at all two windows after the last event.

  KEYS  per stream, three: stream   ids, current generation (hash id -> entry id)   ids, previous generation
  ARGV  1 window, ms   2 most ids per generation
        3 1: all are to be new, or all known (a repeat of the call); else nothing is added
        then per event, four: number of its stream (1 = the first three keys), MAXLEN (0: no trimming),
        event id, event as JSON

  Returns per event {1, entry id} (added) or {0, entry id of the first time}; when nothing was added for ARGV 3,
  {-1, entry id of the first time, or ''} for each. Nothing is written if one of the keys is of a wrong type.
]]
--@include includes/generations
local window, most = tonumber(ARGV[1]), tonumber(ARGV[2])

for index = 1, #KEYS do
  local kind = redis.call('TYPE', KEYS[index]).ok
  local wanted = index % 3 == 1 and 'stream' or 'hash'
  if kind ~= 'none' and kind ~= wanted then
    return redis.error_reply('WRONGTYPE ' .. KEYS[index] .. ' holds a ' .. kind .. ', not a ' .. wanted)
  end
end

for index = 1, #KEYS, 3 do
  begin_generation(KEYS[index + 1], KEYS[index + 2], window, most)
end

local function places_of(index)
  local first = (ARGV[index] - 1) * 3 + 1
  local stream, current, previous = KEYS[first], KEYS[first + 1], KEYS[first + 2]
  local id = ARGV[index + 2]
  return stream, current, redis.call('HGET', current, id) or redis.call('HGET', previous, id)
end

if ARGV[3] == '1' then
  local refused, new = {}, 0
  for index = 4, #ARGV, 4 do
    local _, _, known = places_of(index)
    if not known then new = new + 1 end
    refused[#refused + 1] = { -1, known or '' }
  end
  if new > 0 and new < #refused then return refused end
end

local results = {}
for index = 4, #ARGV, 4 do
  local max_length, id, json = ARGV[index + 1], ARGV[index + 2], ARGV[index + 3]
  local stream, current, known = places_of(index)
  if known then
    results[#results + 1] = { 0, known }
  else
    local entry_id
    if max_length == '0' then
      entry_id = redis.call('XADD', stream, '*', 'event', json)
    else
      entry_id = redis.call('XADD', stream, 'MAXLEN', '~', max_length, '*', 'event', json)
    end
    redis.call('HSET', current, id, entry_id)
    results[#results + 1] = { 1, entry_id }
  end
end
return results
