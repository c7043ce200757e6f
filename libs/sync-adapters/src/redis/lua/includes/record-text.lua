--[[
  The text of a record in Redis, as sync-core's record-text.ts states it: the stamp first, then the members of the
  payload; a tombstone is the stamp alone. Texts are cut and joined, never decoded: cjson keeps 14 digits of a number.

  Defines  record_text(version, source, payload)   payload nil: a tombstone
           stamp_in(text)      version (text), source, and where the members of the payload begin (nil: a tombstone);
                               nil when the text is none of the product's
           version_in(text)    version; 0 when there is no text, or none of the product's
           payload_in(text)    payload of a living record; nil when the text is none
           holding(record, tombstone_key)   of the text at a record's own key (false: none), and of its tombstone, which
                               is only looked at where that is no record: state (live | deleted | absent), version (text;
                               '0': none) and source
           MAX_VERSION         no version lies above it
]]
--@include clock
--@include foreign
local MAX_VERSION = 9007199254740991
local STAMP = '^{"_sync":{"version":(%d+),"source":"(%l+)","updatedAt":%d+}([,}])()'

local function record_text(version, source, payload)
  local stamp = '{"_sync":{"version":' .. version .. ',"source":"' .. source .. '","updatedAt":' .. updated_at(version) .. '}'
  return payload and stamp .. ',' .. string.sub(payload, 2) or stamp .. '}'
end

local function stamp_in(text)
  local version, source, mark, from = string.match(text, STAMP)
  if source ~= 'mongo' and source ~= 'redis' then return nil end
  local number = tonumber(version)
  if number == 0 or number > MAX_VERSION then return nil end
  if string.byte(version) == 48 then version = whole(number) end -- a leading zero would be no JSON
  return version, source, mark == ',' and from or nil
end

local function version_in(text) return text and tonumber((stamp_in(text))) or 0 end

local function payload_in(text)
  local _, _, from = stamp_in(text)
  return from and '{' .. string.sub(text, from)
end

local function holding(record, tombstone_key)
  local version, source, from = stamp_in(record or '')
  if from then return 'live', version, source end
  version, source = stamp_in(text_at(tombstone_key) or '')
  if version then return 'deleted', version, source end
  return 'absent', '0'
end
