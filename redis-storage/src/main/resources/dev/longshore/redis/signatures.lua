-- ARGV: states. Answers the signatures of the jobs in them, each once.
local wanted, seen, answer = {}, {}, {}
for i = 1, #ARGV do wanted[ARGV[i]] = true end
local fields = redis.call('HKEYS', COUNTS)
for i = 1, #fields do
  local state, number = string.sub(fields[i], 1, 1), string.sub(fields[i], 2)
  if wanted[state] and not seen[number] then
    seen[number] = true
    answer[#answer + 1] = redis.call('HGET', SIGNATURES, 'name:' .. number)
  end
end
return answer
