--[[
  Creates a task and publishes the event that tells of it, in one step. Idempotent: the task's id is the event's.

  KEYS  1 stream   2 the task (a hash)
  ARGV  1 event as JSON   2 task as JSON   3 time, ISO 8601   4 field name of events

  Returns {'created' | 'there', entry id, task as JSON}
]]
local there = redis.call('HMGET', KEYS[2], 'createdEntry', 'task')
if there[1] then return { 'there', there[1], there[2] } end
local entry = redis.call('XADD', KEYS[1], '*', ARGV[4], ARGV[1])
redis.call('HSET', KEYS[2], 'task', ARGV[2], 'status', 'open', 'createdEntry', entry, 'createdAt', ARGV[3])
return { 'created', entry, ARGV[2] }
