-- Adds events to streams, each id once. Whoever sends a call again (a client whose connection was cut, a
-- producer that heard nothing) gets what the first call got, and no second entry.
--
-- An id is remembered for at least the window, unless more than the given number of ids come within it:
-- two generations are kept; the current one becomes the previous one when it is older than the window or
-- full. So at most twice that number of ids is held, and nothing at all two windows after the last event.
--
-- KEYS per stream, three: stream   ids, current generation (hash id -> entry id)   ids, previous generation
-- ARGV[1] window, ms   ARGV[2] most ids per generation
-- ARGV[3] 1: all are to be new, or all known (a repeat of the call); else nothing is added
-- ARGV[4…] per event, four: number of its stream (1 = the first three keys), MAXLEN (0: no trimming),
--          event id, event as JSON
--
-- Returns per event {1, entry id} (added) or {0, entry id of the first time}; when nothing was added for ARGV[3],
-- {-1, entry id of the first time, or ''} for each. Nothing is written if one of the keys is of a wrong type.
local SINCE = '' -- no event id is empty
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, most = tonumber(ARGV[1]), tonumber(ARGV[2])

for index = 1, #KEYS do
  local kind = redis.call('TYPE', KEYS[index]).ok
  local wanted = index % 3 == 1 and 'stream' or 'hash'
  if kind ~= 'none' and kind ~= wanted then
    return redis.error_reply('WRONGTYPE ' .. KEYS[index] .. ' holds a ' .. kind .. ', not a ' .. wanted)
  end
end

for index = 1, #KEYS, 3 do
  local current, previous = KEYS[index + 1], KEYS[index + 2]
  local since = redis.call('HGET', current, SINCE)
  if since and (now - since >= window or redis.call('HLEN', current) > most) then
    redis.call('RENAME', current, previous)
    redis.call('PEXPIRE', previous, window)
    since = nil
  end
  if not since then
    redis.call('HSET', current, SINCE, now)
    redis.call('PEXPIRE', current, 2 * window)
  end
end

local function placesOf(index)
  local first = (ARGV[index] - 1) * 3 + 1
  local stream, current, previous = KEYS[first], KEYS[first + 1], KEYS[first + 2]
  local id = ARGV[index + 2]
  return stream, current, redis.call('HGET', current, id) or redis.call('HGET', previous, id)
end

if ARGV[3] == '1' then
  local refused, new = {}, 0
  for index = 4, #ARGV, 4 do
    local _, _, known = placesOf(index)
    if not known then new = new + 1 end
    refused[#refused + 1] = {-1, known or ''}
  end
  if new > 0 and new < #refused then return refused end
end

local results = {}
for index = 4, #ARGV, 4 do
  local maxLength, id, json = ARGV[index + 1], ARGV[index + 2], ARGV[index + 3]
  local stream, current, known = placesOf(index)
  if known then
    results[#results + 1] = {0, known}
  else
    local entryId
    if maxLength == '0' then
      entryId = redis.call('XADD', stream, '*', 'event', json)
    else
      entryId = redis.call('XADD', stream, 'MAXLEN', '~', maxLength, '*', 'event', json)
    end
    redis.call('HSET', current, id, entryId)
    results[#results + 1] = {1, entryId}
  end
end
return results
