--[[
  Emits a Redis write again whose stream entry was lost before it was settled: the same event, with the same version. (A
  new version would make it win over what Mongo's clients wrote since.)

  KEYS  1 record   2 tombstone   3 stream redis_changes   4 in-flight hash of redis_changes   5 ledger redis-to-mongo
  ARGV  1 entity   2 record key

  Of what the write had seen, the in-flight hash still tells the part that is from Mongo: known. All Redis writes below
  it are taken for seen (base).

  Returns the version; '' when nothing of the record is in flight, or a newer version from Mongo has taken its place in
  Redis. Then nothing has to travel, and nothing is in flight any more.
]]
local field = ARGV[1] .. ':' .. ARGV[2]
local flying = redis.call('HGET', KEYS[4], field)
if not flying then return '' end
local current = redis.call('GET', KEYS[1])
local stored = current or redis.call('GET', KEYS[2]) or ''
local stamp, version, writer, body = string.match(stored, '^{("version":(%d+),"source":"(%a+)","updatedAt":%d+),?()')
if writer ~= 'redis' then
  redis.call('HDEL', KEYS[4], field)
  return ''
end

local base = string.format('%.0f', tonumber(version) - 1)
local known = string.match(flying, ' (%d+)$') or base
if tonumber(known) > tonumber(base) then known = base end
local event = '{"schema":1,"entity":' .. cjson.encode(ARGV[1]) .. ',"key":' .. cjson.encode(ARGV[2])
  .. ',"op":"' .. (current and 'upsert' or 'delete') .. '","base":' .. base .. ',"known":' .. known .. ',' .. stamp
  .. ',"eventId":' .. cjson.encode('redis:' .. ARGV[2] .. ':' .. version)
  .. ',"payload":' .. (current and '{' .. string.sub(stored, body) or 'null') .. '}'
redis.call('XADD', KEYS[3], '*', 'event', event)
redis.call('HINCRBY', KEYS[5], 'captured', 1)
return version
