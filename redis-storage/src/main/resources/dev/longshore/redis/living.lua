-- The servers that say that they live: of each what its holder is known by.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local holders = redis.call('ZRANGEBYSCORE', LEASES, now, '+inf')
local answer = {}
for i = 1, #holders do
  answer[i] = redis.call('HGET', HOLDERS, holders[i]) or ''
end
return answer
