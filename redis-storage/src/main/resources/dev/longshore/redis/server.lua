-- A server as JobRunr knows it. ARGV: 'write', id, status, 'if there' or ''; or 'remove', id
-- Answers 1 if it did so.
if ARGV[1] == 'remove' then
  return redis.call('HDEL', SERVERS, ARGV[2])
end
if ARGV[4] ~= '' and redis.call('HEXISTS', SERVERS, ARGV[2]) == 0 then
  return 0
end
redis.call('HSET', SERVERS, ARGV[2], ARGV[3])
return 1
