-- Adds to a counter and says what it was and is.
local before = tonumber(redis.call('GET', KEYS[1]) or '0')
redis.call('SET', KEYS[1], before + tonumber(ARGV[1]))
return {before, before + tonumber(ARGV[1])}
