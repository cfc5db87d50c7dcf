-- Gives a run's events after a sequence number.
-- KEYS: events
-- ARGV: sequence number, how many at most
return redis.call('XRANGE', KEYS[1], '(' .. ARGV[1] .. '-0', '+', 'COUNT', ARGV[2])
