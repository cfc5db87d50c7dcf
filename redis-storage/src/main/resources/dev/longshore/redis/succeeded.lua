-- Adds to the number of jobs that ever succeeded. ARGV: how many, 16 bytes that tell this call from every other one
-- A call whose answer was lost is repeated, and is known by those bytes: the last hundred are kept.
local calls = redis.call('HGET', STATISTICS, 'succeeded-calls') or ''
for at = 1, #calls, 16 do
  if string.sub(calls, at, at + 15) == ARGV[2] then
    return 0
  end
end
redis.call('HSET', STATISTICS, 'succeeded-calls', string.sub(ARGV[2] .. calls, 1, 1600))
redis.call('HINCRBY', STATISTICS, 'succeeded', ARGV[1])
return 1
