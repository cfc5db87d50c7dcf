-- Gives the newest runs, the newest first: id, encoding, id, encoding, ... What else somebody put into an index is given
-- too, perhaps without an encoding: the next page goes on from there.
-- KEYS: the indices to look in, of which no two have a run in common
-- ARGV: how many, the key of a run without its id, where to begin: '+', or '(' and the run to go on from
local ids = {}
for _, index in ipairs(KEYS) do
  -- Ours have the score 0. Among others there is no order by id, and a page would end anywhere.
  redis.call('ZREMRANGEBYSCORE', index, '-inf', '(0')
  redis.call('ZREMRANGEBYSCORE', index, '(0', '+inf')
  for _, id in ipairs(redis.call('ZRANGE', index, ARGV[3], '-', 'BYLEX', 'REV', 'LIMIT', 0, ARGV[1])) do
    ids[#ids + 1] = id
  end
end
table.sort(ids, function(a, b) return a > b end)
local runs = {}
for i = 1, math.min(#ids, tonumber(ARGV[1])) do
  local run = redis.pcall('HGET', ARGV[2] .. ids[i], 'run')
  runs[#runs + 1] = ids[i]
  runs[#runs + 1] = type(run) == 'string' and run
end
return runs
