-- Queues and what may be said about them.
-- ARGV: 'list'; or 'set', queue, setting ('paused', 'maximum', 'rate'), value or '' to take it back
-- Answers to 'list' for each queue: name, waiting, running, when the oldest one got there (microseconds or ''), paused ('' or
-- '1'), maximum or '', rate or ''.
if ARGV[1] == 'set' then
  local number = number_of(QUEUES, ARGV[2])
  if ARGV[4] == '' then
    redis.call('HDEL', QUEUES, ARGV[3] .. ':' .. number)
  else
    redis.call('HSET', QUEUES, ARGV[3] .. ':' .. number, ARGV[4])
  end
  tell('E')
  return 1
end
local answer = {}
for number = 1, tonumber(redis.call('HGET', QUEUES, 'numbers') or 0) do
  local name = queue_name(number)
  local oldest = redis.call('ZRANGE', queue_key(name), 0, 0, 'WITHSCORES')
  local settings = redis.call('HMGET', QUEUES, 'running:' .. number, 'paused:' .. number, 'maximum:' .. number, 'rate:' .. number)
  answer[#answer + 1] = name
  answer[#answer + 1] = redis.call('ZCARD', queue_key(name))
  answer[#answer + 1] = tonumber(settings[1] or 0)
  answer[#answer + 1] = oldest[2] or ''
  answer[#answer + 1] = settings[2] or ''
  answer[#answer + 1] = settings[3] or ''
  answer[#answer + 1] = settings[4] or ''
end
return answer
