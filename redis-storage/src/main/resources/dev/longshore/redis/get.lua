-- One job. ARGV: id. Answers its record and its claim ('' if it has none), or nothing.
local record = redis.call('HGET', JOBS, ARGV[1])
if not record then
  return {}
end
return {record, claim_of(ARGV[1])}
