-- A server as JobRunr knows it. ARGV: 'write', id, status, 'if there' or ''; or 'remove', id, its holder or ''
-- Answers 1 if it did so.
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
