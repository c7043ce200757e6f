--[[
  What stands in the hashes of versions in flight: '<version>', and for a Redis write '<version> <known> <changed>', where
  changed is a JSON list of field names, or * for all.

  Defines  version_in_flight(value)   0 when nothing is in flight
           known_on_top(version, source, value)
                                      up to where a write on top of what Redis holds (version and source, of which value
                                      may be in flight) knows everything that Mongo has. On top of a version from Mongo
                                      that is this one. On top of a settled Redis write it is the one below: Mongo may
                                      hold another write of that same version. A write on top of one in flight knows of
                                      Mongo what that one knew.
           changed_in_flight(value)   the names that a write in flight and those before it changed
           changed_on_top(names, value)
                                      the same of a write on top of it, which changed these names ('': all)
]]
--@include clock
local function version_in_flight(value) return value and tonumber(string.match(value, '^%d+')) or 0 end

local function known_on_top(version, source, value)
  if source ~= 'redis' then return version end
  local known = value and string.match(value, '^%d+ (%d+)')
  if known and tonumber(known) < tonumber(version) then return known end
  return whole(version - 1)
end

local MAX_NAMES, MAX_NAMES_BYTES = 1000, 16384 -- a longer list is no shorter than all

local function changed_in_flight(value) return string.match(value, '^%d+ %d+ (.+)$') or '*' end

local function changed_on_top(names, value)
  local earlier = value and changed_in_flight(value) or '[]'
  if names == '' or earlier == '*' or #names + #earlier > MAX_NAMES_BYTES then return '*' end
  if earlier == '[]' or earlier == names then return names end
  local list, seen = {}, {}
  for _, part in ipairs({ earlier, names }) do
    for _, name in ipairs(cjson.decode(part)) do
      if not seen[name] then list[#list + 1] = cjson.encode(name) end
      seen[name] = true
    end
  end
  -- Joined by hand: cjson writes an empty list as {}.
  return #list > MAX_NAMES and '*' or '[' .. table.concat(list, ',') .. ']'
end
