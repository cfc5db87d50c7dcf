-- Stores a new run. Gives {1, its id}; {0, the id of the run that is there instead}.
-- KEYS: run, events, all runs, runs of its state, alike, due, occasions
-- ARGV: id, state, encoded run, token, digest of what it asks for, whether to join one that asks for the same,
--       when it is due, events kept, channel, events...
local there = redis.call('HGET', KEYS[1], 'created')
if there then
  return {there == ARGV[4] and 1 or 0, ARGV[1]}
end
local other = redis.call('HGET', KEYS[5], ARGV[5])
if other and redis.call('EXISTS', string.sub(KEYS[1], 1, -#ARGV[1] - 1) .. other) == 0 then
  -- Somebody else removed it: nothing would ever end the wait for it.
  redis.call('HDEL', KEYS[5], ARGV[5])
  other = nil
end
if other and ARGV[6] == '1' then
  return {0, other}
end
redis.call('HSET', KEYS[1], 'version', 1, 'run', ARGV[3], 'state', ARGV[2], 'created', ARGV[4], 'alike', ARGV[5])
redis.call('ZADD', KEYS[3], 0, ARGV[1])
redis.call('ZADD', KEYS[4], 0, ARGV[1])
redis.call('HSETNX', KEYS[5], ARGV[5], ARGV[1])
redis.call('ZADD', KEYS[6], ARGV[7], ARGV[1])
redis.call('HSET', KEYS[7], ARGV[1], 'new')
for i = 10, #ARGV do
  tell(KEYS[1], KEYS[2], ARGV[8], ARGV[i])
end
redis.call('PUBLISH', ARGV[9], ARGV[1])
return {1, ARGV[1]}
