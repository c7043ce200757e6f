--[[
  Which names an object in a record may have, as sync-core's validateProfile and its typed values state it.

  Defines  fault_of_names(members, depth, under)   what is wrong with an object's names, or nothing; as strict-json asks it
]]
local FORBIDDEN = { ['_bsontype'] = true, ['__proto__'] = true, ['constructor'] = true, ['prototype'] = true }
local MAX_FIELDS = 1000

-- {"$code": …, "$scope": …} is the one typed value with two names.
local TYPED = {
  ['$oid'] = true, ['$numberInt'] = true, ['$numberLong'] = true, ['$numberDouble'] = true,
  ['$numberDecimal'] = true, ['$date'] = true, ['$binary'] = true, ['$uuid'] = true,
  ['$regularExpression'] = true, ['$timestamp'] = true, ['$minKey'] = true, ['$maxKey'] = true,
  ['$code'] = true, ['$symbol'] = true, ['$undefined'] = true, ['$document'] = true,
}

local function fault_of_fields(members, count)
  if count > MAX_FIELDS then return 'more than ' .. MAX_FIELDS .. ' fields' end
  for name in pairs(members) do
    if name == '' or string.find(name, '^%$') or string.find(name, '.', 1, true) then
      return 'the field ' .. cjson.encode(name) .. ': a name must not be empty, start with $ or contain a dot'
    end
  end
end

-- special: how many names start with $.
local function is_reference(members, special)
  return members['$ref'] and members['$id'] and special == (members['$db'] and 3 or 2)
end

local function fault_of_names(members, depth, under)
  local count, special, typed = 0, 0, nil
  for name in pairs(members) do
    count = count + 1
    if FORBIDDEN[name] or string.find(name, '%z') then return 'the name ' .. cjson.encode(name) .. ' is not allowed' end
    if string.find(name, '^%$') then special, typed = special + 1, name end
  end
  if depth == 1 then return fault_of_fields(members, count) end
  if special == 0 or under == '$document' or is_reference(members, special) then return nil end
  if count == 1 and TYPED[typed] then return nil end
  if count == 2 and members['$code'] and members['$scope'] then return nil end
  return cjson.encode(typed) .. ' is no type of a value; wrap the object in {"$document": …} to store it as it is'
end
