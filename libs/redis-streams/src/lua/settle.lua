--[[
  Settles messages of one stream and group: runs their effects, remembers their event ids, acks them – each
  message once, in one atomic step with its effects. A message that has effects is settled only if it is
  still pending for the caller: a consumer that slept through a take-over changes nothing.

  KEYS  1 stream   2 handled ids, current generation (hash)   3 handled ids, previous generation
        then keys of effects
  ARGV  1 group   2 consumer   3 window of the ids, ms; 0: don't remember   4 most ids per generation
        then per message: entry id, event id, number of effects; per effect: command, index of its key within
        KEYS, number of further arguments, these arguments

  Returns per message: 'settled', 'duplicate' (handled before: acked, no effect), 'gone' (not pending for
  the caller any more: no effect), or the error of an effect (not acked; the effects before it stay).
]]
--@include includes/generations
local stream, current, previous = KEYS[1], KEYS[2], KEYS[3]
local group, consumer, window = ARGV[1], ARGV[2], tonumber(ARGV[3])

if window > 0 then begin_generation(current, previous, window, tonumber(ARGV[4])) end

local function handled(id)
  return window > 0 and (redis.call('HEXISTS', current, id) == 1 or redis.call('HEXISTS', previous, id) == 1)
end

local results, at = {}, 5
while at <= #ARGV do
  local entry, id, effects = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  at = at + 3
  local result = 'settled'
  if handled(id) then
    if redis.call('XACK', stream, group, entry) == 1 then result = 'duplicate' else result = 'gone' end
  elseif effects > 0 and #redis.call('XPENDING', stream, group, entry, entry, 1, consumer) == 0 then
    result = 'gone'
  end
  for _ = 1, effects do
    local command, key, count = ARGV[at], KEYS[tonumber(ARGV[at + 1])], tonumber(ARGV[at + 2])
    if result == 'settled' then
      local reply = redis.pcall(command, key, unpack(ARGV, at + 3, at + 2 + count))
      if type(reply) == 'table' and reply.err then result = reply.err end
    end
    at = at + 3 + count
  end
  if result == 'settled' then
    if window > 0 then redis.call('HSET', current, id, 1) end
    if redis.call('XACK', stream, group, entry) == 0 then result = 'gone' end
  end
  results[#results + 1] = result
end
return results
