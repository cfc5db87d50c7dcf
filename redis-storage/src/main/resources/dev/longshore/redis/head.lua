-- The head of a stored job: what a script must know of it without reading its body.
--   state       one letter: A awaiting, S scheduled, E enqueued, P processing, U succeeded, F failed, D deleted
--   version     u32, JobRunr's optimistic lock
--   signature   u32, number of the job's signature in the hash of signatures
--   queue       u16, number of its queue
--   recurring   u32, number of the recurring job it comes from; 0 none
--   mark        8 bytes, of the body that it was inserted with: an insert that is made again is known by it, however much
--               has become of the job
--   instant     f64, microseconds: when it was last scheduled for; only there if it comes from a recurring job
-- Big endian throughout, so that members of the lexical index sort as they should.
local HEAD = '>c1I4I4I2I4c8'
local HEAD_SIZE = 23

local STATES = 'ASEPUFD'

-- Nil for what none of these scripts wrote: to fail on it would leave a script half done.
local function read_head(record)
  if #record < HEAD_SIZE or not string.find(STATES, string.sub(record, 1, 1), 1, true) then
    return nil
  end
  local state, version, signature, queue, recurring, mark = struct.unpack(HEAD, record)
  local head = {
    state = state, version = version, signature = signature, queue = queue, recurring = recurring, mark = mark, size = HEAD_SIZE
  }
  if recurring > 0 then
    if #record < HEAD_SIZE + 8 then
      return nil
    end
    head.instant = struct.unpack('>d', record, HEAD_SIZE + 1)
    head.size = HEAD_SIZE + 8
  end
  return head
end

local function write_head(head)
  local bytes = struct.pack(HEAD, head.state, head.version, head.signature, head.queue, head.recurring, head.mark)
  if head.recurring > 0 then
    bytes = bytes .. struct.pack('>d', head.instant)
  end
  return bytes
end

-- Where a job of a recurring one stands in the lexical index: those of one recurring job and state by their instant.
local function instant_member(head, id)
  return struct.pack('>I4c1I8', head.recurring, head.state, head.instant) .. id
end

-- Collects what is to be done to each key, so that a batch costs one command for each key and not one for each job.
local function changes()
  local removed, added, counted = {}, {}, {}
  local self = {}

  local function of(map, key)
    local list = map[key]
    if not list then
      list = {}
      map[key] = list
    end
    return list
  end

  function self.zrem(key, member)
    local list = of(removed, key)
    list[#list + 1] = member
  end

  function self.zadd(key, score, member)
    local list = of(added, key)
    list[#list + 1] = score
    list[#list + 1] = member
  end

  function self.count(key, field, by)
    local fields = of(counted, key)
    fields[field] = (fields[field] or 0) + by
  end

  function self.counted(key, field)
    return counted[key] and counted[key][field] or 0
  end

  -- Lua 5.1 gives a call about 8,000 arguments at most.
  local function in_parts(command, key, list)
    for first = 1, #list, 4000 do
      redis.call(command, key, unpack(list, first, math.min(first + 3999, #list)))
    end
  end
  self.in_parts = in_parts

  function self.apply()
    for key, list in pairs(removed) do in_parts('ZREM', key, list) end
    for key, list in pairs(added) do in_parts('ZADD', key, list) end
    for key, fields in pairs(counted) do
      for field, by in pairs(fields) do
        if by ~= 0 and redis.call('HINCRBY', key, field, by) == 0 then
          redis.call('HDEL', key, field)
        end
      end
    end
  end

  return self
end
