-- Notes what all processes of a pool must agree on, where nobody has yet. Gives field, value, field, value, ...
-- KEYS: pool
-- ARGV: whether to replace what is there, field, value, field, value, ...
for i = 2, #ARGV, 2 do
  if ARGV[1] == '1' then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  else
    redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
return redis.call('HGETALL', KEYS[1])
