--[[
  Long lists of arguments in pieces: unpack has a limit.

  Defines  push(list, value)
           in_chunks(list, command)    calls command with at most a thousand values at a time, an even number of them:
                                       some lists are of pairs
           read_chunks(list, command)  the same for a command that answers each of its arguments; returns all replies
]]
local CHUNK = 1000

local function push(list, value) list[#list + 1] = value end

local function in_chunks(list, command)
  for from = 1, #list, CHUNK do command(unpack(list, from, math.min(from + CHUNK - 1, #list))) end
end

local function read_chunks(list, command)
  local replies = {}
  in_chunks(list, function(...)
    for _, reply in ipairs(command(...)) do push(replies, reply) end
  end)
  return replies
end
