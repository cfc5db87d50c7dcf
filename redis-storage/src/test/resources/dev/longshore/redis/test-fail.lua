if ARGV[1] == 'bad' then
  return redis.error_reply('ERR bad it is')
end
return ARGV[1]
