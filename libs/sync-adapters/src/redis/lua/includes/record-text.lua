--[[
  The text of a record in Redis, as sync-core's record-text.ts states it: the stamp first, then the members of the
  payload; a tombstone is the stamp alone. Texts are cut and joined, never decoded: cjson keeps 14 digits of a number.

  Defines  record_text(version, source, payload)   payload nil: a tombstone
           stamp_in(text)      version (text) and source; nil when the text is none of the product's
           version_in(text)    version; 0 when there is no text, or none of the product's
           payload_in(text)    payload of a living record; nil when the text is none of the product's
]]
--@include clock
local function record_text(version, source, payload)
  local stamp = '{"version":' .. version .. ',"source":"' .. source .. '","updatedAt":' .. updated_at(version)
  return payload and stamp .. ',' .. string.sub(payload, 2) or stamp .. '}'
end

local MAX_VERSION = 9007199254740991

local function stamp_in(text)
  local version, source = string.match(text, '^{"version":(%d+),"source":"(%a+)","updatedAt":%d+[,}]')
  if source ~= 'mongo' and source ~= 'redis' then return nil end
  local number = tonumber(version)
  if number > 0 and number <= MAX_VERSION then return version, source end
end

local function version_in(text) return text and tonumber((stamp_in(text))) or 0 end

local function payload_in(text)
  local from = string.match(text, '^{"version":%d+,"source":"%a+","updatedAt":%d+,()')
  return from and '{' .. string.sub(text, from)
end
