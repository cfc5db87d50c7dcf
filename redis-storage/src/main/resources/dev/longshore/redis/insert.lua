-- One new job that is enqueued: what save.lua does with it, without what that file and those before it define, which takes
-- longer than all of this. Stands before them, and leaves them whatever is not as usual: a job that is there, a queue or a
-- signature without a number.
-- ARGV: of save.lua. The head is that of head.lua.
if #ARGV == 7 and ARGV[5] == '' then
  local id, numbers, queue = ARGV[1], ARGV[2], ARGV[4]
  local state, expected, updated = struct.unpack('>c1I4d', numbers)
  if state == 'E' and expected == 0 then
    local signature = redis.call('HGET', KEYS[4], 'number:' .. ARGV[3])
    local number = signature and redis.call('HGET', KEYS[3], 'number:' .. queue)
    if number then
      local mark = string.sub(numbers, 30)
      local record = struct.pack('>c1I4I4I2I4c8', state, 1, signature, number, 0, mark) .. ARGV[7]
      if redis.call('HSETNX', KEYS[1], id, record) == 1 then
        redis.call('ZADD', string.sub(KEYS[1], 1, -5) .. 'queue:' .. queue, updated, id)
        redis.call('HINCRBY', KEYS[5], state .. signature, 1)
        redis.call(redis.REDIS_VERSION_NUM and 'SPUBLISH' or 'PUBLISH', KEYS[16], state)
        return {}
      end
    end
  end
end
