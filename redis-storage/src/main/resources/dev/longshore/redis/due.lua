-- Scheduled jobs whose time has come, for one caller: others get them again only when its lease has passed, should it not
-- have enqueued them by then.
-- ARGV: now (microseconds), until when the lease lasts, how many at most
-- Answers when the next one is due (microseconds; '' none), then for each id and record.
local ids = redis.call('ZRANGEBYSCORE', SCHEDULED, '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
local answer = {''}
for i = 1, #ids do
  redis.call('ZADD', SCHEDULED, ARGV[2], ids[i])
  local record = redis.call('HGET', JOBS, ids[i])
  if record then
    answer[#answer + 1] = ids[i]
    answer[#answer + 1] = record
  else
    -- Removed by somebody else than these scripts: it would come again at every look.
    redis.call('ZREM', SCHEDULED, ids[i])
    redis.call('ZREM', state_key('S'), ids[i])
  end
end
local first = redis.call('ZRANGE', SCHEDULED, 0, 0, 'WITHSCORES')
answer[1] = first[2] or ''
return answer
