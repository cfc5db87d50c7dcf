-- A server as JobRunr knows it. ARGV: 'write', id, status, 'if there' or ''; 'remove', id, its holder or ''; or 'prune' and
-- ids of servers that have not been heard of for long.
-- Answers 1 if it did so; 'prune' how many it removed.
if ARGV[1] == 'prune' then
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local newest = redis.call('ZREVRANGE', LEASES, 0, 0, 'WITHSCORES')[2]
  -- Redis was away (see beat.lua), and the first server to come back would have all others start anew.
  if newest and tonumber(newest) < now or now <= tonumber(redis.call('HGET', STATISTICS, 'grace') or 0) then
    return 0
  end
  return redis.call('HDEL', SERVERS, unpack(ARGV, 2))
end
if ARGV[1] == 'remove' then
  redis.call('ZREM', LEASES, ARGV[3])
  redis.call('HDEL', HOLDERS, ARGV[3])
  return redis.call('HDEL', SERVERS, ARGV[2])
end
if ARGV[4] ~= '' and redis.call('HEXISTS', SERVERS, ARGV[2]) == 0 then
  return 0
end
redis.call('HSET', SERVERS, ARGV[2], ARGV[3])
return 1
