--[[
  Ids that are remembered for a while, in two hashes: the current generation becomes the previous one when it is older
  than the window or holds more than so many ids.

  Defines  begin_generation(current, previous, window, most)   window in ms
]]
--@include clock
local SINCE = '' -- no event id is empty

local function begin_generation(current, previous, window, most)
  local now = now_ms()
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
