-- A page of the jobs of one state.
-- ARGV: state, order ('updated', 'due' or 'created'), '1' if descending, offset, limit, bound or '': only jobs below it
--   (microseconds, exclusive)
-- Answers for each job: id, record, when it was updated (microseconds), claim or ''.
local state, order, descending, offset, limit, bound =
  ARGV[1], ARGV[2], ARGV[3] == '1', tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local below = bound ~= '' and '(' .. bound or '+inf'

local keys = {}
if order == 'due' then
  keys[1] = state == 'S' and SCHEDULED or AWAITING
elseif state == 'E' then
  for number = 1, tonumber(redis.call('HGET', QUEUES, 'numbers') or 0) do
    local key = queue_key(queue_name(number))
    if redis.call('EXISTS', key) == 1 then
      keys[#keys + 1] = key
    end
  end
else
  keys[1] = state_key(state)
end

-- By rank, so that what is left out costs nothing. count: -1 for all.
local function range(key, skip, count)
  local all = redis.call('ZCARD', key)
  local below_bound = bound == '' and all or redis.call('ZCOUNT', key, '-inf', below)
  local last = count < 0 and below_bound or math.min(skip + count, below_bound)
  if last <= skip then
    return {}
  end
  if descending then
    local above = all - below_bound
    return redis.call('ZREVRANGE', key, above + skip, above + last - 1, 'WITHSCORES')
  end
  return redis.call('ZRANGE', key, skip, last - 1, 'WITHSCORES')
end

-- How many of all keys come before a score, and the score that so many come before: what a page that starts deep in
-- several queues needs, without reading what lies before it.
local function rank(score)
  local before = 0
  for _, key in ipairs(keys) do
    before = before + (descending and redis.call('ZCOUNT', key, '(' .. score, below)
      or redis.call('ZCOUNT', key, '-inf', '(' .. score))
  end
  return before
end

local pairs_of = {}
if #keys == 1 and order ~= 'created' then
  local part = range(keys[1], offset, limit)
  for i = 1, #part, 2 do
    pairs_of[#pairs_of + 1] = {part[i], part[i + 1]}
  end
elseif #keys > 0 then
  local skip, starts = offset, {}
  if order == 'created' then
    -- No index: JobRunr itself never asks for this order.
    local total = 0
    for _, key in ipairs(keys) do total = total + redis.call('ZCARD', key) end
    if total > 10000 then
      return redis.error_reply('TOOMANY jobs of this state to sort by createdAt: ' .. total .. ' (at most 10000)')
    end
    for _, key in ipairs(keys) do starts[key] = {0, -1} end
  elseif offset > 0 then
    -- Scores are microseconds; these last until the year 2112 and keep every sum here exact.
    local top = 4503599627370496
    local low, high = 0, top
    while low < high do
      local middle = low + math.floor((high - low + 1) / 2)
      local score = descending and top - middle or middle
      if rank(string.format('%.0f', score)) <= offset then low = middle else high = middle - 1 end
    end
    local score = string.format('%.0f', descending and top - low or low)
    skip = offset - rank(score)
    for _, key in ipairs(keys) do
      local before = descending and redis.call('ZCOUNT', key, '(' .. score, below)
        or redis.call('ZCOUNT', key, '-inf', '(' .. score)
      starts[key] = {before, skip + limit}
    end
  else
    for _, key in ipairs(keys) do starts[key] = {0, limit} end
  end
  for _, key in ipairs(keys) do
    local part = range(key, starts[key][1], starts[key][2])
    for i = 1, #part, 2 do
      pairs_of[#pairs_of + 1] = {part[i], part[i + 1], tonumber(part[i + 1])}
    end
  end
  if order == 'created' then
    -- Ids of version 7 sort by when they were made.
    table.sort(pairs_of, function(a, b)
      if descending then return a[1] > b[1] end
      return a[1] < b[1]
    end)
  else
    table.sort(pairs_of, function(a, b)
      if a[3] == b[3] then
        if descending then return a[1] > b[1] end
        return a[1] < b[1]
      end
      if descending then return a[3] > b[3] end
      return a[3] < b[3]
    end)
  end
  local page = {}
  for i = skip + 1, math.min(skip + limit, #pairs_of) do
    page[#page + 1] = pairs_of[i]
  end
  pairs_of = page
end

local answer = {}
for i = 1, #pairs_of do
  local id = pairs_of[i][1]
  local record = redis.call('HGET', JOBS, id)
  if record then
    answer[#answer + 1] = id
    answer[#answer + 1] = record
    answer[#answer + 1] = state == 'P' and claim_of(id) or ''
  end
end
return answer
