--[[
  Gives what Redis holds of a record a new version and emits it again. Needed when Mongo was set back to an older
  state (restored, replaced): Redis's version, long settled, would never travel again.

  KEYS  1 record   2 tombstone   3 stream redis_changes   4 in-flight hash of redis_changes   5 ledger redis-to-mongo
  ARGV  1 entity   2 record key   3 version that Redis is expected to hold
        4 tombstone TTL, ms

  The event says what it is built on, as write-record.lua explains: base and known.

  Returns the new version, or '' when Redis has moved on (or holds nothing).
]]
local current = redis.call('GET', KEYS[1])
local stored = current or redis.call('GET', KEYS[2])
if not stored then return '' end
local version, writer, body = string.match(stored, '^{"version":(%d+),"source":"(%a+)","updatedAt":%d+,?()')
if version ~= ARGV[3] then return '' end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local next = math.max(now * 1024, tonumber(version) + 1)
local text = string.format('%.0f', next)
local stamp = '"version":' .. text .. ',"source":"redis","updatedAt":' .. string.format('%.0f', math.floor(next / 1024))
local rest = string.sub(stored, body)
local field = ARGV[1] .. ':' .. ARGV[2]
local flying = writer == 'redis' and redis.call('HGET', KEYS[4], field)
local known = flying and string.match(flying, ' (%d+)$')
if not known or tonumber(known) >= tonumber(version) then
  known = writer == 'redis' and string.format('%.0f', tonumber(version) - 1) or version
end
local seen = '"base":' .. version .. ','
if known ~= version then seen = seen .. '"known":' .. known .. ',' end
local event = '{"schema":1,"entity":' .. cjson.encode(ARGV[1]) .. ',"key":' .. cjson.encode(ARGV[2])
  .. ',"op":"' .. (current and 'upsert' or 'delete') .. '",' .. seen .. stamp
  .. ',"eventId":' .. cjson.encode('redis:' .. ARGV[2] .. ':' .. text)
  .. ',"payload":' .. (current and '{' .. rest or 'null') .. '}'

redis.call('XADD', KEYS[3], '*', 'event', event)
if current then
  redis.call('SET', KEYS[1], '{' .. stamp .. ',' .. rest, 'KEEPTTL')
else
  redis.call('SET', KEYS[2], '{' .. stamp .. '}', 'PX', ARGV[4])
end
redis.call('HSET', KEYS[4], field, text .. ' ' .. known)
redis.call('HINCRBY', KEYS[5], 'captured', 1)
return text
