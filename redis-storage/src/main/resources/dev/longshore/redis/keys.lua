-- Every script of the store is given the same keys, in the order of Keys.java. A queue's own sorted set is named after
-- the queue, which only the script knows, and some others by what they hold: all lie in the same hash slot, as the prefix is
-- the hash tag.
local JOBS, CLAIMS, QUEUES, SIGNATURES, COUNTS, SCHEDULED, AWAITING, RECURRING, NUMBERS, INSTANTS, STATISTICS, QUARANTINE,
  SERVERS, LEASES, HOLDERS, WAKE = unpack(KEYS)
local PREFIX = string.sub(JOBS, 1, -5)

local function state_key(state)
  return PREFIX .. 'state:' .. state
end

local function queue_key(name)
  return PREFIX .. 'queue:' .. name
end

-- Tells the workers. From Redis 7 on through a sharded channel, which in a cluster stays on the nodes that hold the store.
local PUBLISH = redis.REDIS_VERSION_NUM and 'SPUBLISH' or 'PUBLISH'
local function tell(message)
  redis.call(PUBLISH, WAKE, message)
end

-- Names are numbered, since numbers are what fits into a job's head; a number never changes its name. Queues are looked
-- through one by one, so that there may not be any number of them.
local MOST_QUEUES = 1000
local known = {}
local function number_of(hash, name)
  local numbers = known[hash]
  if not numbers then
    numbers = {}
    known[hash] = numbers
  end
  local number = numbers[name]
  if not number then
    number = tonumber(redis.call('HGET', hash, 'number:' .. name))
    if not number then
      if hash == QUEUES and tonumber(redis.call('HGET', hash, 'numbers') or 0) >= MOST_QUEUES then
        -- As text: the handler of Redis 6.2 fails on a table, and its message would be lost.
        error('TOOMANY queues: ' .. MOST_QUEUES .. ' is the most a store may have, and ' .. name .. ' is one more')
      end
      number = redis.call('HINCRBY', hash, 'numbers', 1)
      redis.call('HSET', hash, 'number:' .. name, number, 'name:' .. number, name)
    end
    numbers[name] = number
  end
  return number
end

local names = {}
local function queue_name(number)
  local name = names[number]
  if not name then
    name = redis.call('HGET', QUEUES, 'name:' .. number)
    names[number] = name
  end
  return name
end

local maxima = {}
local function has_maximum(number)
  if maxima[number] == nil then
    maxima[number] = redis.call('HEXISTS', QUEUES, 'maximum:' .. number) == 1
  end
  return maxima[number]
end

-- A claim with what is known of who holds it: what the reader makes a PROCESSING state of.
local function claim_of(id)
  local claim = redis.call('HGET', CLAIMS, id)
  if not claim then
    return ''
  end
  return claim .. (redis.call('HGET', HOLDERS, string.sub(claim, 1, 16)) or '')
end

-- Takes a job out of every index it stands in for its state.
local function leave(change, id, head)
  local state = head.state
  if state == 'E' then
    local name = queue_name(head.queue)
    -- No queue has the number only if somebody else wrote it.
    if name then
      change.zrem(queue_key(name), id)
    end
  else
    change.zrem(state_key(state), id)
    if state == 'S' then
      change.zrem(SCHEDULED, id)
    elseif state == 'A' then
      change.zrem(AWAITING, id)
    elseif state == 'P' then
      change.count(QUEUES, 'running:' .. head.queue, -1)
    end
  end
  change.count(COUNTS, state .. head.signature, -1)
  if head.recurring > 0 then
    change.zrem(INSTANTS, instant_member(head, id))
  end
end

-- Puts it into those of its new state. due: microseconds, of a scheduled or awaiting job.
local function enter(change, id, head, updated, due)
  local state = head.state
  if state == 'E' then
    change.zadd(queue_key(queue_name(head.queue)), updated, id)
  else
    change.zadd(state_key(state), updated, id)
    if state == 'S' then
      change.zadd(SCHEDULED, due, id)
    elseif state == 'A' then
      change.zadd(AWAITING, due, id)
    elseif state == 'P' then
      change.count(QUEUES, 'running:' .. head.queue, 1)
    end
  end
  change.count(COUNTS, state .. head.signature, 1)
  if head.recurring > 0 then
    change.zadd(INSTANTS, 0, instant_member(head, id))
  end
end

-- How many jobs of each queue run, counted anew: where a damaged one is taken out, nobody knows whose count it was in.
local function count_running()
  local running = {}
  for _, id in ipairs(redis.call('ZRANGE', state_key('P'), 0, -1)) do
    local record = redis.call('HGET', JOBS, id)
    local head = record and read_head(record)
    if head then
      running[head.queue] = (running[head.queue] or 0) + 1
    end
  end
  for number = 1, tonumber(redis.call('HGET', QUEUES, 'numbers') or 0) do
    if running[number] then
      redis.call('HSET', QUEUES, 'running:' .. number, running[number])
    else
      redis.call('HDEL', QUEUES, 'running:' .. number)
    end
  end
end

-- Keeps a suspect as it was found. Their number is bounded, or whoever can write jobs could fill Redis with what nobody
-- removes: the oldest go, and stay counted.
local MOST_QUARANTINED = 10000
local QUARANTINE_TIMES = PREFIX .. 'quarantine-times'
local function quarantine(field, reason, now, record)
  redis.call('HSET', QUARANTINE, field, struct.pack('>dI4', now, #reason) .. reason .. record)
  redis.call('ZADD', QUARANTINE_TIMES, now, field)
  redis.call('HINCRBY', STATISTICS, 'quarantined', 1)
  local over = redis.call('ZCARD', QUARANTINE_TIMES) - MOST_QUARANTINED
  if over > 0 then
    local oldest = redis.call('ZPOPMIN', QUARANTINE_TIMES, over)
    for i = 1, #oldest, 2 do
      redis.call('HDEL', QUARANTINE, oldest[i])
    end
  end
end

-- Puts what was found in a job's place into quarantine, as it is. Without a head it is taken out of wherever a job may
-- stand.
local function put_aside(id, record, head, reason, now)
  if head then
    local change = changes()
    leave(change, id, head)
    change.apply()
  else
    for number = 1, tonumber(redis.call('HGET', QUEUES, 'numbers') or 0) do
      redis.call('ZREM', queue_key(queue_name(number)), id)
    end
    redis.call('ZREM', SCHEDULED, id)
    redis.call('ZREM', AWAITING, id)
    for state in string.gmatch(STATES, '.') do
      if redis.call('ZREM', state_key(state), id) == 1 and state == 'P' then
        count_running()
      end
    end
  end
  redis.call('HDEL', CLAIMS, id)
  redis.call('HDEL', JOBS, id)
  quarantine('job:' .. id, reason, now, record)
end

-- Of what stands in the place of a job: its head, if it is one.
local function head_of(id, record)
  return #id == 16 and read_head(record) or nil
end
local NO_JOB = 'it is no job: its head or its id is damaged'

-- A recurring job's number is needed for as long as there is the recurring job, or a job that came of it.
local function forget_number(number)
  local name = redis.call('HGET', NUMBERS, 'name:' .. number)
  if name and redis.call('HEXISTS', RECURRING, name) == 0 then
    local from = struct.pack('>I4', number)
    local used = redis.call('ZREVRANGEBYLEX', INSTANTS, '[' .. from .. string.rep('\255', 25), '[' .. from, 'LIMIT', 0, 1)
    if #used == 0 then
      redis.call('HDEL', NUMBERS, 'name:' .. number, 'number:' .. name)
    end
  end
end
