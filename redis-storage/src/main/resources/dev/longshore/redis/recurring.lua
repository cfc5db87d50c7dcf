-- Recurring jobs. ARGV: 'save', id, created (milliseconds), body; 'insert' and the same, which replaces no other; or 'delete', id
-- Their sum of creation times is how JobRunr sees that they changed. Answers how many there were of that id.
local old = redis.call('HGET', RECURRING, ARGV[2])
if old and ARGV[1] == 'insert' then
  return old == ARGV[3] .. ' ' .. ARGV[4] and 0 or 1
end
if old then
  redis.call('HINCRBY', STATISTICS, 'recurring', '-' .. (string.match(old, '^(%d+) ') or '0'))
end
if ARGV[1] ~= 'delete' then
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
