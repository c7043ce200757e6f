--[[
  Completes a task and publishes the event that tells of it, in one step. Idempotent by the request's token.

  KEYS  1 stream   2 the task (a hash)
  ARGV  1 token of the request, '' for none   2 event as JSON   3 time, ISO 8601
        4 how long a completed task is kept, ms   5 field name of events

  Returns {'unknown'} or {'completed' | 'repeated' | 'already', entry id, time}. `already`: another request completed
  it.
]]
local task = redis.call('HMGET', KEYS[2], 'status', 'completedEntry', 'completedAt', 'completedToken')
if not task[1] then return { 'unknown' } end
if task[1] == 'completed' then
  local same = ARGV[1] ~= '' and task[4] == ARGV[1]
  return { same and 'repeated' or 'already', task[2], task[3] }
end
local entry = redis.call('XADD', KEYS[1], '*', ARGV[5], ARGV[2])
redis.call('HSET', KEYS[2], 'status', 'completed', 'completedEntry', entry, 'completedAt', ARGV[3], 'completedToken', ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return { 'completed', entry, ARGV[3] }
