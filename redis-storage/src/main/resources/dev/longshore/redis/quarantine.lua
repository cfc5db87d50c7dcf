-- Takes a job out of circulation, keeping it as it was.
-- ARGV: id, reason, now (microseconds). Answers 1 if it was there.
local record = redis.call('HGET', JOBS, ARGV[1])
if not record then
  return 0
end
local head = read_head(record)
local change = changes()
leave(change, ARGV[1], head)
change.apply()
redis.call('HDEL', JOBS, ARGV[1])
redis.call('HDEL', CLAIMS, ARGV[1])
redis.call('HSET', QUARANTINE, ARGV[1], struct.pack('>dI4', ARGV[3], #ARGV[2]) .. ARGV[2] .. record)
redis.call('HINCRBY', STATISTICS, 'quarantined', 1)
return 1
