--[[
  What other programs put under a record's two keys. It counts as nothing and is written over, but never without a word.

  Defines  text_at(key)           the text there; false when there is none, and when it is no text
           foreign_among(keys)    of keys that no stamped text was read from: '<type> <key>' of each that holds something
]]
local FOREIGN_CHUNK = 1000

local function text_at(key)
  local reply = redis.pcall('GET', key)
  return type(reply) == 'string' and reply
end

local function foreign_among(keys)
  local found = {}
  for from = 1, #keys, FOREIGN_CHUNK do
    local last = math.min(from + FOREIGN_CHUNK - 1, #keys)
    -- One command says that there is nothing, as nearly always.
    if redis.call('EXISTS', unpack(keys, from, last)) > 0 then
      for i = from, last do
        local kind = redis.call('TYPE', keys[i]).ok
        if kind ~= 'none' then found[#found + 1] = kind .. ' ' .. keys[i] end
      end
    end
  end
  return found
end
