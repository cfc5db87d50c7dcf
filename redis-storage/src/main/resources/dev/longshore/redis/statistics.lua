-- Counts. Answers the number of jobs in the states A S E P F U D (as State.java has them), of all jobs, of jobs that ever succeeded, of recurring
-- jobs and of servers.
local enqueued = 0
for number = 1, tonumber(redis.call('HGET', QUEUES, 'numbers') or 0) do
  enqueued = enqueued + redis.call('ZCARD', queue_key(queue_name(number)))
end
return {
  redis.call('ZCARD', state_key('A')), redis.call('ZCARD', state_key('S')), enqueued, redis.call('ZCARD', state_key('P')),
  redis.call('ZCARD', state_key('F')), redis.call('ZCARD', state_key('U')), redis.call('ZCARD', state_key('D')),
  redis.call('HLEN', JOBS), tonumber(redis.call('HGET', STATISTICS, 'succeeded') or 0), redis.call('HLEN', RECURRING),
  redis.call('HLEN', SERVERS)
}
