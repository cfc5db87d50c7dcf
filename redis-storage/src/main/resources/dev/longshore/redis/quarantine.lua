-- Takes a job out of circulation, keeping it as it was; and what may be done with those that are out.
-- ARGV: 'job', id, reason, now (microseconds), record it is about: another one, written since, is let alone
--       'recurring', id, reason, now, value it is about
--       'page', how many to leave out, how many to give
--       'show', field
--       'discard', field
-- Fields of the quarantine are 'job:' and 16 bytes, or 'recurring:' and the id.
-- Answers 1 if it did so, 0 if there was none; 'page' the number of all, of all there ever were, and then fields and values,
-- the latest first; 'show' the value.
local operation = ARGV[1]
if operation == 'job' or operation == 'recurring' then
  local key = operation == 'job' and JOBS or RECURRING
  local stored = redis.call('HGET', key, ARGV[2])
  if not stored then
    return 0
  end
  if operation == 'job' then
    local head, read = head_of(ARGV[2], stored), head_of(ARGV[2], ARGV[5])
    -- A claim has changed the head since it was read: what is wrong is the body.
    if string.sub(stored, head and head.size + 1 or 1) ~= string.sub(ARGV[5], read and read.size + 1 or 1) then
      return 0
    end
    put_aside(ARGV[2], stored, head, ARGV[3], ARGV[4])
    if head and head.recurring > 0 then
      forget_number(head.recurring)
    end
    if head and head.state == 'P' and has_maximum(head.queue) then
      tell('E')
    end
    return 1
  elseif stored ~= ARGV[5] then
    return 0
  end
  redis.call('HINCRBY', STATISTICS, 'recurring', '-' .. (string.match(stored, '^(%d+) ') or '0'))
  redis.call('HDEL', key, ARGV[2])
  local number = redis.call('HGET', NUMBERS, 'number:' .. ARGV[2])
  if number then
    forget_number(number)
  end
  quarantine('recurring:' .. ARGV[2], ARGV[3], ARGV[4], stored)
  return 1
elseif operation == 'page' then
  local answer = {redis.call('HLEN', QUARANTINE), tonumber(redis.call('HGET', STATISTICS, 'quarantined') or 0)}
  for _, field in ipairs(redis.call('ZREVRANGE', QUARANTINE_TIMES, ARGV[2], ARGV[2] + ARGV[3] - 1)) do
    answer[#answer + 1] = field
    answer[#answer + 1] = redis.call('HGET', QUARANTINE, field) or ''
  end
  return answer
elseif operation == 'show' then
  return redis.call('HGET', QUARANTINE, ARGV[2])
end
redis.call('ZREM', QUARANTINE_TIMES, ARGV[2])
return redis.call('HDEL', QUARANTINE, ARGV[2])
