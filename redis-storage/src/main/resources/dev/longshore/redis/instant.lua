-- ARGV: recurring job, states. Answers the latest instant (microseconds) that a job of it in one of them was scheduled for.
local number = tonumber(redis.call('HGET', NUMBERS, 'number:' .. ARGV[1]))
if not number then
  return false
end
local latest
for i = 2, #ARGV do
  local from = struct.pack('>I4c1', number, ARGV[i])
  local found = redis.call('ZREVRANGEBYLEX', INSTANTS, '[' .. from .. string.rep('\255', 24), '[' .. from, 'LIMIT', 0, 1)
  if found[1] then
    local instant = struct.unpack('>I8', found[1], 6)
    if not latest or instant > latest then
      latest = instant
    end
  end
end
return latest and string.format('%.0f', latest) or false
