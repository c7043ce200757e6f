--[[
  What stands in the hashes of versions in flight: '<version>', and for a Redis write '<version> <known>'.

  Defines  version_in_flight(value)   0 when nothing is in flight
           known_on_top(version, source, value)
                                      up to where a write on top of what Redis holds (version and source, of which value
                                      may be in flight) knows everything that Mongo has. On top of a version from Mongo
                                      that is this one. On top of a settled Redis write it is the one below: Mongo may
                                      hold another write of that same version. A write on top of one in flight knows of
                                      Mongo what that one knew.
]]
--@include clock
local function version_in_flight(value) return value and tonumber(string.match(value, '^%d+')) or 0 end

local function known_on_top(version, source, value)
  if source ~= 'redis' then return version end
  local known = value and string.match(value, ' (%d+)$')
  if known and tonumber(known) < tonumber(version) then return known end
  return whole(version - 1)
end
