--[[
  Time and versions, as sync-core's version.ts states them.

  Defines  whole(number)          a whole number as text, all digits of it
           now_ms()               the server's clock, epoch ms
           next_version(stored)   text of the version after this one (0: none)
           last_version(ms)       the highest version that lies no further ahead of the clock than this
           updated_at(version)    text of the epoch ms at which a version was assigned
]]
local TICKS_PER_MS = 1024

local function whole(number) return string.format('%.0f', number) end

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function next_version(stored) return whole(math.max(now_ms() * TICKS_PER_MS, stored + 1)) end

local function last_version(ms) return (now_ms() + ms + 1) * TICKS_PER_MS - 1 end

local function updated_at(version) return whole(math.floor(version / TICKS_PER_MS)) end
