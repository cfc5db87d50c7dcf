-- Adds events to a run's stream, under sequence numbers that a client can go on from.
local function tell(run, stream, kept, event)
  local sequence = redis.call('HINCRBY', run, 'sequence', 1)
  redis.call('XADD', stream, 'MAXLEN', '~', kept, sequence .. '-0', 'e', event)
end

