-- Gives a run's version and its encoding; neither if it is not there, and no encoding of what somebody else put there.
-- KEYS: run
local stored = redis.pcall('HMGET', KEYS[1], 'version', 'run')
return stored.err and {'', false} or stored
