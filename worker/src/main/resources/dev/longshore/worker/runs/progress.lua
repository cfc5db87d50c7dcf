-- Tells how far a step is, unless the run is over.
-- KEYS: run, events, ended
-- ARGV: id, event, events kept, channel
if redis.call('EXISTS', KEYS[1]) == 1 and not redis.call('ZSCORE', KEYS[3], ARGV[1]) then
  tell(KEYS[1], KEYS[2], ARGV[3], ARGV[2])
  redis.call('PUBLISH', ARGV[4], ARGV[1])
end
return 1
