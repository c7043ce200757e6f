--[[
  The types of the keys that the sync keeps for itself. A script looks at them before it writes: one that fails half-way
  is not rolled back.

  Defines  misplaced(probes, first)   probes: of KEYS from the first one on (1 when left out), a command each that takes a
                                      key of the right type only; an error reply that names the first other key; nil: none
]]
local function misplaced(probes, first)
  for i = 1, #probes do
    local key = KEYS[i + (first or 1) - 1]
    -- Half the time of TYPE: a number takes no table.
    if type(redis.pcall(probes[i], key)) ~= 'number' then
      return redis.error_reply('WRONGTYPE ' .. key .. ' is a key of the sync, and holds a ' .. redis.call('TYPE', key).ok)
    end
  end
end
