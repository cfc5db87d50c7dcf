-- Takes a job out of circulation, keeping it as it was; and what may be done with those that are out.
-- ARGV: 'job', id, reason, now (microseconds), record it is about: another one, written since, is let alone
--       'recurring', id, reason, now, value it is about
--       'page', how many to leave out, how many to give
--       'show', field
--       'discard', field
-- Fields of the quarantine are 'job:' and 16 bytes, or 'recurring:' and the id.
-- Answers 1 if it did so, 0 if there was none; 'page' the number of all and then fields and values, 'show' the value.
local operation = ARGV[1]
if operation == 'job' or operation == 'recurring' then
  local key = operation == 'job' and JOBS or RECURRING
  local stored = redis.call('HGET', key, ARGV[2])
  if not stored then
    return 0
  end
  if operation == 'job' then
    local head = read_head(stored)
    -- A claim has changed the head since it was read: what is wrong is the body.
    if string.sub(stored, head.size + 1) ~= string.sub(ARGV[5], read_head(ARGV[5]).size + 1) then
      return 0
    end
    local change = changes()
    leave(change, ARGV[2], head)
    change.apply()
    redis.call('HDEL', CLAIMS, ARGV[2])
    if head.state == 'P' and has_maximum(head.queue) then
      tell('E')
    end
  elseif stored ~= ARGV[5] then
    return 0
  else
    redis.call('HINCRBY', STATISTICS, 'recurring', '-' .. (string.match(stored, '^(%d+) ') or '0'))
  end
  redis.call('HDEL', key, ARGV[2])
  redis.call('HSET', QUARANTINE, operation .. ':' .. ARGV[2], struct.pack('>dI4', ARGV[4], #ARGV[3]) .. ARGV[3] .. stored)
  redis.call('HINCRBY', STATISTICS, 'quarantined', 1)
  return 1
elseif operation == 'page' then
  local fields = redis.call('HKEYS', QUARANTINE)
  table.sort(fields)
  local answer = {#fields}
  for i = tonumber(ARGV[2]) + 1, math.min(#fields, ARGV[2] + ARGV[3]) do
    answer[#answer + 1] = fields[i]
    answer[#answer + 1] = redis.call('HGET', QUARANTINE, fields[i])
  end
  return answer
elseif operation == 'show' then
  return redis.call('HGET', QUARANTINE, ARGV[2])
end
return redis.call('HDEL', QUARANTINE, ARGV[2])
