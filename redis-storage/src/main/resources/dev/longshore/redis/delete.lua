-- Removes jobs for good.
-- ARGV: 'id', id; or 'state', state, bound (microseconds, exclusive), how many at most
-- Answers how many it removed.
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
local removed, running, freed = {}, {}, false
for i = 1, #ids do
  local record = redis.call('HGET', JOBS, ids[i])
  if record then
    local head = read_head(record)
    leave(change, ids[i], head)
    removed[#removed + 1] = ids[i]
    if head.state == 'P' then
      running[#running + 1] = ids[i]
      freed = freed or has_maximum(head.queue)
    end
  end
end
change.in_parts('HDEL', JOBS, removed)
change.in_parts('HDEL', CLAIMS, running)
change.apply()
if freed then
  tell('E')
end
for i = 1, #running do
  tell('D' .. running[i])
end
return #removed
