-- A server says that it lives, and looks for jobs whose server does not.
-- ARGV: holder, lease (milliseconds), what is to be known of it (server, name)
-- The clock is Redis's own, so that the servers' need not agree.
-- Answers claimed jobs of this holder: id, claim and '' each; then a '' and those whose holder's lease is over: id, claim,
-- record each.
local CLAIM_SIZE = 24
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local lease = tonumber(ARGV[2])

-- When no lease at all holds, Redis itself was away, or this is the first server: the others get time to come back before
-- anyone says that they are lost.
local newest = redis.call('ZREVRANGE', LEASES, 0, 0, 'WITHSCORES')[2]
if not newest or tonumber(newest) < now then
  redis.call('HSET', STATISTICS, 'grace', now + lease)
end
redis.call('ZADD', LEASES, now + lease, ARGV[1])
redis.call('HSET', HOLDERS, ARGV[1], ARGV[3])
local grace = tonumber(redis.call('HGET', STATISTICS, 'grace') or 0)

local answer = {}
local claims = redis.call('HGETALL', CLAIMS)
local alive, own, lost = {}, {}, {}
for i = 1, #claims, 2 do
  local server = string.sub(claims[i + 1], 1, 16)
  if alive[server] == nil then
    local lease = redis.call('ZSCORE', LEASES, server)
    -- Without a lease it is a server that saved the job as PROCESSING by itself.
    alive[server] = lease and tonumber(lease) >= now or not lease and redis.call('HEXISTS', SERVERS, server) == 1
  end
  local id, claim = claims[i], claims[i + 1]
  local sound = #id == 16 and #claim == CLAIM_SIZE
  -- A server must hear of all it has, or it would take those it does not hear of for ended.
  if sound and server == ARGV[1] then
    own[#own + 1] = id
    own[#own + 1] = claim
    own[#own + 1] = ''
  elseif sound and not alive[server] and now > grace and #lost < 3000 then
    local record = redis.call('HGET', JOBS, id)
    local head = record and read_head(record)
    if record and (not head or head.state == 'P') then
      lost[#lost + 1] = id
      lost[#lost + 1] = claim
      lost[#lost + 1] = record
    else
      sound = false
    end
  end
  if not sound then
    -- Of nothing that is to come back: somebody else wrote it, and it would be found at every beat.
    redis.call('HDEL', CLAIMS, id)
  end
end
for i = 1, #own do answer[#answer + 1] = own[i] end
answer[#answer + 1] = ''
for i = 1, #lost do answer[#answer + 1] = lost[i] end
-- A day is far longer than any outage: such a server is gone.
local gone = redis.call('ZRANGEBYSCORE', LEASES, '-inf', now - 86400000, 'LIMIT', 0, 100)
for i = 1, #gone do
  redis.call('ZREM', LEASES, gone[i])
  redis.call('HDEL', HOLDERS, gone[i])
end
return answer
