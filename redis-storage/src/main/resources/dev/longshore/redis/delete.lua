-- Removes jobs for good.
-- ARGV: 'id', id; or 'state', state, bound (microseconds, exclusive), how many at most
-- Answers how many it removed; those that are no jobs, and were put into quarantine, are among them.
local ids
if ARGV[1] == 'id' then
  ids = {ARGV[2]}
elseif ARGV[2] == 'E' then
  ids = {}
  for number = 1, tonumber(redis.call('HGET', QUEUES, 'numbers') or 0) do
    local found = redis.call('ZRANGEBYSCORE', queue_key(queue_name(number)), '-inf', '(' .. ARGV[3], 'LIMIT', 0,
      tonumber(ARGV[4]) - #ids)
    for i = 1, #found do ids[#ids + 1] = found[i] end
  end
else
  ids = redis.call('ZRANGEBYSCORE', state_key(ARGV[2]), '-inf', '(' .. ARGV[3], 'LIMIT', 0, ARGV[4])
end

local change = changes()
local removed, running, freed, numbers = {}, {}, false, {}
local damaged = 0
for i = 1, #ids do
  local record = redis.call('HGET', JOBS, ids[i])
  local head = record and head_of(ids[i], record)
  if not record then
    -- In this state by somebody else's doing: it would stand in the way of those behind it.
    if ARGV[1] == 'state' and ARGV[2] ~= 'E' then
      change.zrem(state_key(ARGV[2]), ids[i])
    end
  elseif not head then
    local time = redis.call('TIME')
    put_aside(ids[i], record, nil, NO_JOB, tonumber(time[1]) * 1000000 + tonumber(time[2]))
    damaged = damaged + 1
  else
    leave(change, ids[i], head)
    removed[#removed + 1] = ids[i]
    if head.state == 'P' then
      running[#running + 1] = ids[i]
      freed = freed or has_maximum(head.queue)
    end
    if head.recurring > 0 then
      numbers[head.recurring] = true
    end
  end
end
change.in_parts('HDEL', JOBS, removed)
change.in_parts('HDEL', CLAIMS, running)
change.apply()
for number in pairs(numbers) do
  forget_number(number)
end
if freed then
  tell('E')
end
for i = 1, #running do
  tell('D' .. running[i])
end
return #removed + damaged
