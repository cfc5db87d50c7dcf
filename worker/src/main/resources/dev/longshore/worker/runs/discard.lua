-- Removes a run, whatever stands in its place: nothing of it is read. Gives whether there was anything.
-- KEYS: run, events, due, occasions, alike, repositories, waiters, ended, all runs, the runs of each state...
-- ARGV: id, now (ms)
local id = ARGV[1]
local found = redis.call('UNLINK', KEYS[1], KEYS[2]) + redis.call('ZREM', KEYS[3], id) + redis.call('HDEL', KEYS[4], id)
for i = 8, #KEYS do
  found = found + redis.call('ZREM', KEYS[i], id)
end
for i = 5, 6 do
  local named = redis.call('HGETALL', KEYS[i])
  for at = 1, #named, 2 do
    if named[at + 1] == id then
      found = found + redis.call('HDEL', KEYS[i], named[at])
    end
  end
end
for _, entry in ipairs(redis.call('ZRANGE', KEYS[7], 0, -1)) do
  local other, waiter = string.match(entry, '^(%S+) (%S+)$')
  if waiter == id then
    redis.call('ZREM', KEYS[7], entry)
  elseif other == id then
    redis.call('ZREM', KEYS[7], entry)
    redis.call('ZADD', KEYS[3], ARGV[2], waiter)
    redis.call('HSET', KEYS[4], waiter, 'after:' .. id)
  end
end
return found
