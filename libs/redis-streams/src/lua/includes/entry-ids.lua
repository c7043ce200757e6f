--[[
  Ids of stream entries: two decimal numbers of up to 64 bits, more than a Lua number holds. Compared as text.

  Defines  older(a, b)   whether a comes before b
]]
local function older(a, b)
  local a_time, a_sequence = string.match(a, '^(%d+)-(%d+)$')
  local b_time, b_sequence = string.match(b, '^(%d+)-(%d+)$')
  local left, right = a_time, b_time
  if a_time == b_time then left, right = a_sequence, b_sequence end
  if #left ~= #right then return #left < #right end
  return left < right
end
