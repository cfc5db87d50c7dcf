-- Recurring jobs. ARGV: 'save', id, created (milliseconds), body; or 'delete', id
-- Their sum of creation times is how JobRunr sees that they changed. Answers how many there were of that id.
local old = redis.call('HGET', RECURRING, ARGV[2])
if old then
  redis.call('HINCRBY', STATISTICS, 'recurring', '-' .. (string.match(old, '^(%d+) ') or '0'))
end
if ARGV[1] == 'save' then
  redis.call('HSET', RECURRING, ARGV[2], ARGV[3] .. ' ' .. ARGV[4])
  redis.call('HINCRBY', STATISTICS, 'recurring', ARGV[3])
else
  redis.call('HDEL', RECURRING, ARGV[2])
  local number = redis.call('HGET', NUMBERS, 'number:' .. ARGV[2])
  if number then
    forget_number(number)
  end
end
return old and 1 or 0
