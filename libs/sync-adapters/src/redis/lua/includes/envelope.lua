--[[
  The envelope of a Redis write's event, as sync-core's envelope.ts states it: flat members, the payload last and as it
  is.

  Defines  event_text(write)   of entity, key, version, base, known (nil: base), changed (JSON list of names; nil or *:
                               all), payload (nil: a delete), traceparent (nil: none)
]]
--@include clock
local function event_text(write)
  local trace = write.traceparent and ',"traceparent":' .. cjson.encode(write.traceparent) or ''
  local known = write.known and write.known ~= write.base and ',"known":' .. write.known or ''
  local changed = write.changed and write.changed ~= '*' and ',"changed":' .. write.changed or ''
  return '{"schema":2,"entity":' .. cjson.encode(write.entity) .. ',"key":' .. cjson.encode(write.key)
    .. ',"op":"' .. (write.payload and 'upsert' or 'delete') .. '","source":"redis"' .. trace
    .. ',"base":' .. write.base .. known .. changed
    .. ',"version":' .. write.version .. ',"updatedAt":' .. updated_at(write.version)
    .. ',"eventId":' .. cjson.encode('redis:' .. write.key .. ':' .. write.version)
    .. ',"payload":' .. (write.payload or 'null') .. '}'
end
