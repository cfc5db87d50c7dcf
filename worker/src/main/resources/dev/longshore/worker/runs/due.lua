-- Takes runs whose next preflight is due, for a while. Gives id, occasion, id, occasion, ...
-- KEYS: due, occasions
-- ARGV: now (ms), when they are due again (ms), how many at most, what names no run and is taken away...
for i = 4, #ARGV do
  redis.call('ZREM', KEYS[1], ARGV[i])
  redis.call('HDEL', KEYS[2], ARGV[i])
end
local taken = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[3])) do
  redis.call('ZADD', KEYS[1], 'XX', ARGV[2], id)
  taken[#taken + 1] = id
  taken[#taken + 1] = redis.call('HGET', KEYS[2], id)
end
return taken
