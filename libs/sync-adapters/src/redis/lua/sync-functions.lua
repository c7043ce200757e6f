#!lua name=redis_mongo_sync
--[=[
  The same atomic write that the services use, as a Redis Function for clients in any language (Redis 7.0 or newer):

  FCALL sync_write 7 <record> <tombstone> <redis_changes> <in-flight hash> <ledger> <index> <operation key>
                     <entity> <record key> upsert|delete <payload> [<expected> [<traceparent> [<changed>]]]

  The keys are those of write-record.lua, and so is what it returns. The payload of an upsert is the whole record as a
  JSON object, its key field included; changed, a JSON list, names the fields that the write sets or removes (left out:
  all). The rules are those of the HTTP interface: keys, names, values and sizes are checked before anything is written.

  This file is a template: the entity definitions and the names of the keys are put in when it is loaded.
]=]
local ENTITIES = --@entities
local NAMES = --@names
local OPERATION_TTL_SECONDS = '60'
local MAX_PAYLOAD_BYTES = 262144
local MAX_DEPTH = 32
local MAX_CHANGED_NAMES = 1000
local MAX_OPERATION_BYTES = 512

--@include includes/strict-json
--@include includes/field-rules
--@include includes/key-forms

local function write_record(KEYS, ARGV)
--@include write-record
end

-- What the sync, or the product beside it, keeps under this name.
local function is_taken(name)
  for _, taken in ipairs(NAMES.taken) do
    if name == taken or string.sub(name, 1, #taken + 1) == taken .. ':' then return true end
  end
  return false
end

local function fault_of_key(entity, key)
  if key == '' or not KEY_FORMS[entity.form](key) then
    return 'the record key must be normalised: ' .. entity.form_says
  end
  if entity.cached_by_id and #key == 24 and not string.find(key, '%X') then
    return 'the record key looks like an ObjectId: other software keeps its cache under such names'
  end
  if is_taken(entity.before .. key .. entity.behind) then return 'the record key leads to a key that is taken' end
end

local function fault_of_keys(entity, key, keys)
  if #keys ~= 7 then return 'sync_write takes 7 keys' end
  local record = entity.before .. key .. entity.behind
  local names = { record, 'tombstone:' .. record, NAMES.stream, NAMES.in_flight, NAMES.ledger, entity.index }
  for i, name in ipairs(names) do
    if keys[i] ~= name then return 'key ' .. i .. ' must be ' .. name end
  end
  local operation = keys[7]
  if #operation > MAX_OPERATION_BYTES or #operation == #NAMES.operation
    or string.sub(operation, 1, #NAMES.operation) ~= NAMES.operation then
    return 'key 7 must be ' .. NAMES.operation .. ' and the id of the operation, at most ' .. MAX_OPERATION_BYTES .. ' bytes'
  end
end

local function fault_of_payload(entity, key, payload)
  if #payload > MAX_PAYLOAD_BYTES then return 'the payload is larger than 256 KiB' end
  local members, reason = read_object(payload, MAX_DEPTH, fault_of_names)
  if not members then return 'the payload must be a JSON object that can be kept as it is: ' .. reason end
  if not members[entity.key_field] or key_in(entity.form, members[entity.key_field]) ~= key then
    return 'the payload must hold ' .. entity.key_field .. ', equal to the record key'
  end
  for _, field in ipairs(entity.refused) do
    if members[field] and field ~= entity.key_field then return 'the payload must not hold ' .. field end
  end
  for _, field in ipairs(entity.required) do
    if not members[field] then return 'the payload must hold ' .. field end
  end
end

-- Without the space around it; of a text that is known to be one object or list.
local function between(text, opening, closing)
  local from, behind = string.find(text, opening, 1, true), string.find(string.reverse(text), closing, 1, true)
  return from and behind and string.sub(text, from, -behind) or ''
end

-- The list, as text; '' when it is too long to be of use; nil when it is none.
local function names_in(text)
  local wrapped = '{"changed":' .. text .. '}'
  local members = #text <= MAX_PAYLOAD_BYTES and read_object(wrapped, 2, function() end)
  local list = members and between(text, '[', ']')
  if not list or members.changed ~= list then return nil end
  local names = cjson.decode(list)
  for _, name in ipairs(names) do
    if type(name) ~= 'string' then return nil end
  end
  return #names > MAX_CHANGED_NAMES and '' or list
end

local function fault_of_options(expected, traceparent)
  if expected ~= '' and expected ~= 'absent' and expected ~= 'exists' and not string.find(expected, '^%d+$') then
    return 'expected must be absent, exists or a version'
  end
  local parts = '^[0-9a-f][0-9a-f]%-' .. string.rep('[0-9a-f]', 32) .. '%-' .. string.rep('[0-9a-f]', 16) .. '%-[0-9a-f][0-9a-f]$'
  if traceparent ~= '' and not string.find(traceparent, parts) then return 'traceparent must be one as W3C writes it' end
end

redis.register_function('sync_write', function(keys, args)
  local entity, key, op, payload = ENTITIES[args[1]], args[2] or '', args[3], args[4] or ''
  local expected, traceparent, changed = args[5] or '', args[6] or '', args[7] or ''
  if not entity then return redis.error_reply('SYNC unknown entity') end
  local names = changed == '' and '' or names_in(changed)
  local fault = fault_of_key(entity, key) or fault_of_keys(entity, key, keys) or fault_of_options(expected, traceparent)
    or (op == 'upsert' and fault_of_payload(entity, key, payload))
    or (not names and 'changed must be a JSON list of field names')
  if fault then return redis.error_reply('SYNC ' .. fault) end
  return write_record(keys, {
    args[1], key, op, op == 'upsert' and between(payload, '{', '}') or '', expected,
    entity.tombstone_ttl, entity.record_ttl, OPERATION_TTL_SECONDS, traceparent, names,
  })
end)
