-- Gives a run's version and its encoding; neither if it is not there.
-- KEYS: run
return redis.call('HMGET', KEYS[1], 'version', 'run')
