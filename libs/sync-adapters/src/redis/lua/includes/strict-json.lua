--[[
  Reads the text of a JSON object as strictly as JSON.parse does, and refuses beside that what cannot be kept as it is:
  a name twice in one object, half of a surrogate pair, whole numbers beyond 2^53-1, the minus of a zero, and texts that
  are no UTF-8. (cjson takes NaN, hexadecimal and much else.) Walks the text once, and builds nothing but the names.

  Defines  read_object(text, max_depth, fault_of)   the texts of the object's members, by name; or nil and what is wrong.
                max_depth: objects and arrays inside one another, the outermost counted.
                fault_of(members, depth, under): says what is wrong with an object that has members of these names, or
                nothing; under: the name that the object stands under
]]
local WELL_FORMED = {
  '[\194-\223][\128-\191]', '\224[\160-\191][\128-\191]', '[\225-\236\238\239][\128-\191][\128-\191]',
  '\237[\128-\159][\128-\191]', '\240[\144-\191][\128-\191][\128-\191]', '[\241-\243][\128-\191][\128-\191][\128-\191]',
  '\244[\128-\143][\128-\191][\128-\191]',
}

local function is_utf8(text)
  for _, sequence in ipairs(WELL_FORMED) do
    if not string.find(text, '[\128-\255]') then return true end
    text = string.gsub(text, sequence, ' ') -- not '': what it stood between must not meet
  end
  return not string.find(text, '[\128-\255]')
end

local function refuse(what, at) error({ refusal = at and what .. ' at byte ' .. at or what }) end

local function after_space(text, at) return string.match(text, '^[ \t\r\n]*()', at) end

-- at: of the backslash; returns where the text goes on.
local function after_escape(text, at)
  local unit = string.match(text, '^u(%x%x%x%x)', at + 1)
  if not unit then
    if not string.find(text, '^["\\/bfnrt]', at + 1) then refuse('no escape', at) end
    return at + 2
  end
  if not string.find(unit, '^[Dd][89A-Fa-f]') then return at + 6 end
  local is_pair = string.find(unit, '^.[89ABab]') and string.find(text, '^\\u[Dd][C-Fc-f]%x%x', at + 6)
  if not is_pair then refuse('half of a surrogate pair', at) end
  return at + 12
end

-- at: of the opening quotation mark.
local function after_string(text, at)
  local quote = string.find(text, '"', at + 1, true)
  local inside = string.sub(text, at + 1, (quote or at) - 1)
  -- Most strings hold nothing that needs a closer look, and these searches are quick.
  if quote and not string.find(inside, '\\', 1, true) and not string.find(inside, '%c') then return quote + 1 end
  local from = at + 1
  while true do
    local stop = string.find(text, '[%z\1-\31"\\]', from)
    local char = stop and string.sub(text, stop, stop)
    if char == '"' then return stop + 1 end
    if char ~= '\\' then refuse(char and 'a control character' or 'a string without an end', stop or at) end
    from = after_escape(text, stop)
  end
end

local MAX_SAFE = 9007199254740991

local function after_number(text, at)
  local stop = string.match(text, '^-?0()', at) or string.match(text, '^-?[1-9]%d*()', at)
  if not stop then refuse('no value', at) end
  stop = string.match(text, '^%.%d+()', stop) or stop
  stop = string.match(text, '^[eE][+-]?%d+()', stop) or stop
  local number = tonumber(string.sub(text, at, stop - 1))
  if math.abs(number) > MAX_SAFE and number == math.floor(number) then refuse('a number that is too large', at) end
  if number == 0 and string.byte(text, at) == 45 then refuse('a zero with a minus', at) end
  return stop
end

local function after_literal(text, at)
  for _, literal in ipairs({ 'true', 'false', 'null' }) do
    if string.sub(text, at, at + #literal - 1) == literal then return at + #literal end
  end
  return after_number(text, at)
end

-- What a string says: cjson reads one that is known to be well formed.
local function string_value(quoted)
  return string.find(quoted, '\\', 1, true) and cjson.decode('[' .. quoted .. ']')[1] or string.sub(quoted, 2, -2)
end

local function read_object(text, max_depth, fault_of)
  local after_value

  -- Calls member with the position of each, which returns where it ends; at: of the opening bracket.
  local function after_members(at, closing, depth, member)
    if depth > max_depth then refuse('nested deeper than ' .. max_depth .. ' levels') end
    at = after_space(text, at + 1)
    if string.sub(text, at, at) == closing then return at + 1 end
    while true do
      at = after_space(text, member(at))
      local char = string.sub(text, at, at)
      if char == closing then return at + 1 end
      if char ~= ',' then refuse('no , or ' .. closing, at) end
      at = after_space(text, at + 1)
    end
  end

  local function after_object(at, depth, under)
    local members = {}
    local stop = after_members(at, '}', depth, function(from)
      if string.sub(text, from, from) ~= '"' then refuse('no name', from) end
      local name_end = after_string(text, from)
      local name = string_value(string.sub(text, from, name_end - 1))
      if members[name] then refuse('a name that was there before', from) end
      local colon = after_space(text, name_end)
      if string.sub(text, colon, colon) ~= ':' then refuse('no :', colon) end
      local value = after_space(text, colon + 1)
      local value_end = after_value(value, depth + 1, name)
      members[name] = depth > 1 or string.sub(text, value, value_end - 1)
      return value_end
    end)
    local fault = fault_of(members, depth, under)
    if fault then refuse(fault) end
    return stop, members
  end

  function after_value(at, depth, under)
    local char = string.sub(text, at, at)
    if char == '"' then return after_string(text, at) end
    if char == '{' then return (after_object(at, depth, under)) end
    if char == '[' then
      return after_members(at, ']', depth, function(from) return after_value(from, depth + 1) end)
    end
    return after_literal(text, at)
  end

  local read, result = pcall(function()
    if not is_utf8(text) then refuse('no UTF-8') end
    local from = after_space(text, 1)
    if string.sub(text, from, from) ~= '{' then refuse('no object', from) end
    local stop, members = after_object(from, 1)
    if after_space(text, stop) <= #text then refuse('something behind the object', stop) end
    return members
  end)
  if read then return result end
  if type(result) == 'table' and result.refusal then return nil, result.refusal end
  error(result)
end
