-- Adds events to a run's stream, under sequence numbers that a client can go on from. Whatever somebody else put there,
-- it does not fail: Redis would take nothing back of what the script has stored by then, and nobody would be told of it.
local function tell(run, stream, kept, event)
  local sequence = redis.pcall('HINCRBY', run, 'sequence', 1)
  -- Lua would write a greater one with an exponent.
  if type(sequence) ~= 'number' or sequence < 1 or sequence > 99999999999999 then
    sequence = 1
    redis.call('HSET', run, 'sequence', sequence)
  end
  local function add(call)
    return call('XADD', stream, 'MAXLEN', '~', kept, sequence .. '-0', 'e', event)
  end
  local added = add(redis.pcall)
  if type(added) == 'table' and added.err then
    -- A later id, or no stream: rather none of the events before than no more from now on.
    redis.call('UNLINK', stream)
    add(redis.call)
  end
end

