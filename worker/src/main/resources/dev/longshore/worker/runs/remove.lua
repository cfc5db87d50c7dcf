-- Removes runs that are over, the oldest end first. Gives how many.
-- KEYS: ended, all runs, the runs of each final state...
-- ARGV: how many to keep, end before which all go (ms), how many to remove at most, the keys of a run and of its events
--       without the id
local most = tonumber(ARGV[3])
local old = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[2])
local number = math.min(most, math.max(old, redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[1])))
if number <= 0 then
  return 0
end
local ids = redis.call('ZRANGE', KEYS[1], 0, number - 1)
for _, id in ipairs(ids) do
  for _, index in ipairs(KEYS) do
    redis.call('ZREM', index, id)
  end
  redis.call('UNLINK', ARGV[4] .. id, ARGV[5] .. id)
end
return #ids
