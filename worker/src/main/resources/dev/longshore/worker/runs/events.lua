-- Gives a run's events after a sequence number.
-- KEYS: events
-- ARGV: sequence number, how many at most
-- Past the last id that begins with the number: under it stands one event of ours, and whatever somebody else put there.
return redis.call('XRANGE', KEYS[1], '(' .. ARGV[1] .. '-18446744073709551615', '+', 'COUNT', ARGV[2])
