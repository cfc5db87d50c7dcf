-- Gives enqueued jobs to a server, which then is to run them: the oldest of each queue, queue after queue.
-- ARGV: claim (holder, since), now (microseconds), how many at most, queues in their order; none: all, each as often
--   first as the others
-- Answers: whether there are more, milliseconds until a rate limit lets one through (-1: none waits for that), then for
--   each job its id and its record; for one that is none, and now is in quarantine, its id and ''.
local claim, now, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local queues = {}
for i = 4, #ARGV do
  queues[#queues + 1] = tonumber(redis.call('HGET', QUEUES, 'number:' .. ARGV[i]))
end
if #ARGV == 3 then
  local count = tonumber(redis.call('HGET', QUEUES, 'numbers') or 0)
  local first = count > 1 and redis.call('HINCRBY', QUEUES, 'turn', 1) % count or 0
  for i = 1, count do
    queues[i] = (first + i - 1) % count + 1
  end
end

local more, wait = 0, -1
local ids, from = {}, {}
for _, number in ipairs(queues) do
  if #ids >= limit then
    more = 1
    break
  end
  local key = queue_key(queue_name(number))
  local take = limit - #ids
  local settings = redis.call('HMGET', QUEUES, 'paused:' .. number, 'maximum:' .. number, 'running:' .. number,
    'rate:' .. number)
  local maximum, rate = tonumber(settings[2]), settings[4]
  if settings[1] then
    take = 0
  elseif maximum then
    take = math.min(take, maximum - tonumber(settings[3] or 0))
  end
  local tokens, clock
  if rate and take > 0 then
    -- A bucket of `burst` tokens, which gains one every `interval` microseconds: by Redis's own clock, as between two
    -- servers' clocks that differ it would fill at each turn.
    local time = redis.call('TIME')
    clock = tonumber(time[1]) * 1000000 + tonumber(time[2])
    local burst, interval, held, at = string.match(rate, '(%S+) (%S+) (%S+) (%S+)')
    burst, interval = tonumber(burst), tonumber(interval)
    local elapsed = math.max(0, clock - tonumber(at))
    tokens = math.min(burst, tonumber(held) + elapsed / interval)
    local waiting = take
    take = math.min(take, math.floor(tokens))
    if take < waiting and redis.call('ZCARD', key) > take then
      local until_next = math.ceil((1 - (tokens - math.floor(tokens))) * interval / 1000)
      wait = wait < 0 and until_next or math.min(wait, until_next)
    end
  end
  if take > 0 then
    local popped = redis.call('ZPOPMIN', key, take)
    for i = 1, #popped, 2 do
      ids[#ids + 1] = popped[i]
      from[#ids] = number
    end
    if rate and #popped > 0 then
      local burst, interval = string.match(rate, '(%S+) (%S+)')
      redis.call('HSET', QUEUES, 'rate:' .. number,
        string.format('%s %s %.6f %.0f', burst, interval, tokens - #popped / 2, clock))
    end
    if #popped / 2 == take and more == 0 and redis.call('EXISTS', key) == 1 then
      more = 1
    end
  end
end

local answer = {more, wait}
if #ids > 0 then
  local records = redis.call('HMGET', JOBS, unpack(ids))
  local change = changes()
  local rewritten, claims = {}, {}
  for i = 1, #ids do
    local record = records[i]
    -- Missing only if somebody else than these scripts changed the store.
    local id, head = ids[i], record and head_of(ids[i], record)
    if record and not head then
      put_aside(id, record, nil, NO_JOB, now)
      answer[#answer + 1] = id
      answer[#answer + 1] = ''
    elseif head and head.state ~= 'E' then
      -- In this queue by somebody else's doing; if it stands nowhere else, nobody would ever see it again.
      if not redis.call('ZSCORE', state_key(head.state), id) then
        put_aside(id, record, head, 'it stood in a queue, but its head says otherwise', now)
        answer[#answer + 1] = id
        answer[#answer + 1] = ''
      end
    elseif head then
      local body = string.sub(record, head.size + 1)
      change.count(COUNTS, 'E' .. head.signature, -1)
      if head.recurring > 0 then
        change.zrem(INSTANTS, instant_member(head, id))
      end
      head.state = 'P'
      head.version = head.version + 1
      enter(change, id, head, now, 0)
      record = write_head(head) .. body
      rewritten[#rewritten + 1] = id
      rewritten[#rewritten + 1] = record
      claims[#claims + 1] = id
      claims[#claims + 1] = claim
      answer[#answer + 1] = id
      answer[#answer + 1] = record
    end
  end
  change.in_parts('HSET', JOBS, rewritten)
  change.in_parts('HSET', CLAIMS, claims)
  change.apply()
end
return answer
