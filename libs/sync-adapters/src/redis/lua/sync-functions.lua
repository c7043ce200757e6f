#!lua name=redis_mongo_sync
--[=[
  The same atomic write that the services use, as a Redis Function for clients in any language (Redis 7.0 or newer):

  FCALL sync_write 7 <record> <tombstone> <redis_changes> <in-flight hash> <ledger> <index> <operation key>
                     <entity> <record key> upsert|delete <payload> [<expected> [<traceparent>]]

  The keys are those of write-record.lua, and so is what it returns. The payload of an upsert is the whole record as a
  JSON object, its key field included; fields that Mongo owns, secret ones and the sync's own are refused.

  This file is a template: the entity definitions are put in when it is loaded, at --@entities.
]=]
local ENTITIES = --@entities
local OPERATION_TTL_SECONDS = '60'
local MAX_PAYLOAD_BYTES = 262144

local function write_record(KEYS, ARGV)
--@include write-record
end

local function refusal(entity, key, op, payload)
  if not entity then return 'SYNC unknown entity' end
  if type(key) ~= 'string' or key == '' or #key > 254 or key ~= string.lower(key) or string.find(key, '[%s%c]') then
    return 'SYNC the record key must be normalised: lower case, without white space, at most 254 bytes'
  end
  if op ~= 'upsert' then return nil end
  if #payload > MAX_PAYLOAD_BYTES then return 'SYNC the payload is larger than 256 KiB' end
  local parsed, record = pcall(cjson.decode, payload)
  if not parsed or type(record) ~= 'table' then return 'SYNC the payload must be a JSON object' end
  if record[entity.key_field] ~= key then return 'SYNC the payload must hold ' .. entity.key_field .. ', equal to the record key' end
  for _, field in ipairs(entity.refused) do
    if record[field] ~= nil then return 'SYNC the payload must not hold ' .. field end
  end
  return nil
end

redis.register_function('sync_write', function(keys, args)
  local entity = ENTITIES[args[1]]
  local op, payload = args[3], args[4] or ''
  if #keys ~= 7 then return redis.error_reply('SYNC sync_write takes 7 keys') end
  local reason = refusal(entity, args[2], op, payload)
  if reason then return redis.error_reply(reason) end
  return write_record(keys, {
    args[1], args[2], op, op == 'upsert' and payload or '', args[5] or '',
    entity.tombstone_ttl, entity.record_ttl, OPERATION_TTL_SECONDS, args[6] or '',
  })
end)
