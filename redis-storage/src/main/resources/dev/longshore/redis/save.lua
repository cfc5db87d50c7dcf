-- Saves jobs, each if its stored version is the expected one; the others are left as they are.
-- ARGV: for each job, no id twice:
--   id, its numbers (state c1, expected version u32, updated f64, due f64, instant f64, mark c8; microseconds, big endian),
--   signature, queue, recurring job or '', claim (holder, since) or '', body
-- Answers the positions (from 1) of the jobs whose version was another. Saying the same again changes nothing and is no
-- conflict, as the answer to the first time may have been lost: also if the job was claimed meanwhile, which leaves its body
-- as it was, and of a job that was new whatever has become of it.
local WIDTH = 7
local count = #ARGV / WIDTH
local ids = {}
for i = 1, count do
  ids[i] = ARGV[(i - 1) * WIDTH + 1]
end
local stored = {}
for first = 1, count, 4000 do
  local last = math.min(first + 3999, count)
  local part = redis.call('HMGET', JOBS, unpack(ids, first, last))
  for i = 1, #part do
    stored[first + i - 1] = part[i]
  end
end

local change = changes()
local records, claims, unclaimed, conflicts, deleted = {}, {}, {}, {}, {}
local wake, freed = false, false
local earliest

for i = 1, count do
  local at = (i - 1) * WIDTH
  local id, numbers, signature, queue, recurring, claim, body =
    ids[i], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5], ARGV[at + 6], ARGV[at + 7]
  local state, expected, updated, due, instant, mark = struct.unpack('>c1I4dddc8', numbers)
  local version = expected + 1
  local before = stored[i] and read_head(stored[i])
  if stored[i] and not before then
    put_aside(id, stored[i], nil, NO_JOB, updated)
  end
  if (before and before.version or 0) ~= expected then
    local own = before and (expected == 0 and before.mark == mark
      or (before.version == version or before.version == version + 1 and before.state == 'P')
        and string.sub(stored[i], before.size + 1) == body)
    if not own then
      conflicts[#conflicts + 1] = i
    end
  else
    local head = {
      state = state,
      version = version,
      signature = number_of(SIGNATURES, signature),
      queue = number_of(QUEUES, queue),
      recurring = recurring ~= '' and number_of(NUMBERS, recurring) or 0,
      instant = instant,
      mark = before and before.mark or mark
    }
    names[head.queue] = queue
    local record = write_head(head) .. body
    records[#records + 1] = id
    records[#records + 1] = record
    if before then
      leave(change, id, before)
      if before.state == 'P' and state ~= 'P' then
        unclaimed[#unclaimed + 1] = id
        freed = freed or has_maximum(before.queue)
        if state == 'D' then
          deleted[#deleted + 1] = id
        end
      end
    end
    enter(change, id, head, updated, due)
    if state == 'E' then
      wake = true
    elseif state == 'S' then
      earliest = math.min(earliest or due, due)
    elseif state == 'P' then
      if before and before.state == 'P' then
        -- Whoever claimed it goes on with it. Without a claim nobody would notice that it is lost.
        redis.call('HSETNX', CLAIMS, id, claim)
      else
        claims[#claims + 1] = id
        claims[#claims + 1] = claim
      end
    end
  end
end

change.in_parts('HSET', JOBS, records)
change.in_parts('HSET', CLAIMS, claims)
change.in_parts('HDEL', CLAIMS, unclaimed)
change.apply()

if wake or freed then
  tell('E')
end
if earliest then
  local first = redis.call('ZRANGE', SCHEDULED, 0, 0, 'WITHSCORES')
  if tonumber(first[2]) >= earliest then
    tell('S')
  end
end
for i = 1, #deleted do
  tell('D' .. deleted[i])
end
return conflicts
