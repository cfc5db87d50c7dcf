-- Gives the newest runs, the newest first: id, encoding, id, encoding, ...
-- KEYS: the indices to look in, of which no two have a run in common
-- ARGV: how many, the key of a run without its id, the run to go on from ('' for the newest)
local ids = {}
local from = ARGV[3] == '' and '+' or '(' .. ARGV[3]
for _, index in ipairs(KEYS) do
  for _, id in ipairs(redis.call('ZRANGE', index, from, '-', 'BYLEX', 'REV', 'LIMIT', 0, ARGV[1])) do
    ids[#ids + 1] = id
  end
end
table.sort(ids, function(a, b) return a > b end)
local runs = {}
for i = 1, math.min(#ids, tonumber(ARGV[1])) do
  local run = redis.call('HGET', ARGV[2] .. ids[i], 'run')
  if run then
    runs[#runs + 1] = ids[i]
    runs[#runs + 1] = run
  end
end
return runs
