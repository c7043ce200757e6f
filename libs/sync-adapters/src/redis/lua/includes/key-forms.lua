--[[
  The forms of record keys, as sync-core's record-key.ts and email.ts state them.

  Defines  KEY_FORMS    by name (email, string, number, objectId, uuid): whether a text is a record key of the form
           key_in(form, text)   the key that the text of a value in the key field stands for; nil: none
]]
local MAX_KEY_BYTES, MAX_NUMBER_BYTES = 512, 32

local function is_email(key)
  local name, host = string.match(key, '^([a-z0-9!#$%%&\'+/=^_`|~.-]+)@([a-z0-9.-]+)$')
  if not name or #key > 254 or #name > 64 or string.find('.' .. name .. '.', '..', 1, true) then return false end
  local labels = 0
  for label in string.gmatch(host .. '.', '([^.]*)%.') do
    if #label > 63 or not (string.find(label, '^[a-z0-9][a-z0-9-]*$') and string.find(label, '[^-]$')) then return false end
    labels = labels + 1
  end
  return labels > 1
end

-- The shortest decimal form; whole numbers of 64 bits with all their digits.
local function is_number(key)
  local digits = string.match(key, '^%-?([1-9]%d*)$')
  if digits then
    local most = string.byte(key) == 45 and '9223372036854775808' or '9223372036854775807'
    return #digits < 19 or (#digits == 19 and digits <= most)
  end
  if key == '0' then return true end
  if #key > MAX_NUMBER_BYTES or not string.find(key, '^%-?%d+%.%d+$') then return false end
  local number, precision = tonumber(key), 1
  while tonumber(string.format('%.' .. precision .. 'g', number)) ~= number do precision = precision + 1 end
  return string.format('%.' .. precision .. 'g', number) == key
end

local KEY_FORMS = {
  email = is_email,
  string = function(key) return #key <= MAX_KEY_BYTES and not string.find(key, '%c') and is_utf8(key) end,
  number = is_number,
  ['objectId'] = function(key) return #key == 24 and not string.find(key, '[^0-9a-f]') end,
  uuid = function(key)
    local lengths = {}
    for part in string.gmatch(key .. '-', '([0-9a-f]*)%-') do lengths[#lengths + 1] = #part end
    return table.concat(lengths, ' ') == '8 4 4 4 12' and #key == 36
  end,
}

local WRAPPERS = { number = '$numberLong', ['objectId'] = '$oid', uuid = '$uuid' }

local function key_in(form, text)
  if form == 'email' or form == 'string' then return string.sub(text, 1, 1) == '"' and string_value(text) or nil end
  local wrapper = WRAPPERS[form]
  local wrapped = string.match(text, '^{%s*"%' .. wrapper .. '"%s*:%s*"([^"\\]*)"%s*}$')
  if form ~= 'number' then return wrapped end
  local is_safe = math.abs(tonumber(wrapped or text) or 0) <= MAX_SAFE
  if is_safe == (wrapped ~= nil) then return nil end
  return wrapped or text
end
