-- Replaces a run if it is still at the expected version. Gives {1, the new version}; {0} if it is not; {-1} if there is
-- no such run; {2, id} if it may not start, because that run of the same repository is at work.
-- KEYS: run, events, runs of the state before, of the state after, alike, due, occasions, repositories, waiters, ended
-- ARGV: id, token, expected version, encoded run, state before, state after, whether that is final, now (ms),
--       repository that a starting run needs, event of a run that must wait (%s: for which), events kept, channel, events...
local id = ARGV[1]
local seen = redis.call('HMGET', KEYS[1], 'version', 'tokens', 'alike', 'repository', 'waits', 'parked')
if not seen[1] then
  return {-1}
end
local tokens = seen[2] or ''
if string.find(tokens, ARGV[2], 1, true) then
  return {1, seen[1]} -- this very call was made before, and its answer was lost
end
if seen[1] ~= ARGV[3] then
  return {0}
end

local function leave_queue()
  redis.call('ZREM', KEYS[6], id)
  redis.call('HDEL', KEYS[7], id)
  if seen[5] then
    redis.call('ZREM', KEYS[9], seen[5] .. ' ' .. id)
    redis.call('HDEL', KEYS[1], 'waits')
  end
end

if ARGV[9] ~= '' then
  local other = redis.call('HGET', KEYS[8], ARGV[9])
  -- One that somebody else removed never ends, and would keep its repository from all others.
  if other and other ~= id and redis.call('EXISTS', string.sub(KEYS[1], 1, -#id - 1) .. other) == 1 then
    if seen[5] ~= other then
      leave_queue()
      redis.call('ZADD', KEYS[9], 0, other .. ' ' .. id)
      redis.call('HSET', KEYS[1], 'waits', other)
      tell(KEYS[1], KEYS[2], ARGV[11], (string.gsub(ARGV[10], '%%s', other)))
      redis.call('PUBLISH', ARGV[12], id)
    end
    return {2, other}
  end
  redis.call('HSET', KEYS[8], ARGV[9], id)
  redis.call('HSET', KEYS[1], 'repository', ARGV[9])
end

local version = seen[1] + 1
-- Enough of the latest callers to know one again whose answer was lost.
redis.call('HSET', KEYS[1], 'version', version, 'run', ARGV[4], 'state', ARGV[6],
  'tokens', string.sub(ARGV[2] .. ' ' .. tokens, 1, 200))
if ARGV[5] ~= ARGV[6] then
  redis.call('ZREM', KEYS[3], id)
  redis.call('ZADD', KEYS[4], 0, id)
  if redis.call('HGET', KEYS[5], seen[3]) == id then
    redis.call('HDEL', KEYS[5], seen[3])
  end
  leave_queue()
  if ARGV[6] == 'PARKED' then
    redis.call('ZADD', KEYS[6], ARGV[8], id)
    redis.call('HSET', KEYS[7], id, 'parked:' .. redis.call('HINCRBY', KEYS[1], 'parked', 1))
  end
  if ARGV[7] == '1' then
    redis.call('ZADD', KEYS[10], ARGV[8], id)
    if seen[4] and redis.call('HGET', KEYS[8], seen[4]) == id then
      redis.call('HDEL', KEYS[8], seen[4])
    end
    for _, entry in ipairs(redis.call('ZRANGEBYLEX', KEYS[9], '[' .. id .. ' ', '(' .. id .. '!')) do
      local waiter = string.sub(entry, #id + 2)
      redis.call('ZREM', KEYS[9], entry)
      redis.call('ZADD', KEYS[6], ARGV[8], waiter)
      redis.call('HSET', KEYS[7], waiter, 'after:' .. id)
    end
  end
end
for i = 13, #ARGV do
  tell(KEYS[1], KEYS[2], ARGV[11], ARGV[i])
end
redis.call('PUBLISH', ARGV[12], id .. ' ' .. version .. ' ' .. ARGV[4])
return {1, version}
