-- One operation on the budgets of a call, as one atomic step: reserve, extend, settle or refund. LineAccount.cs does the same in memory, step by step.
--
-- KEYS   reservation, then for each line: account, holds
-- ARGV   operation, id, now, lease, kept, skew, asked, least, lines, then for each line: start, end, sliding, hard, counted, limit, amount, perUnit, alerts
--        (times in milliseconds; skew 0 switches the check of the caller's clock off; alerts separated by commas)
-- reply  outcome, units, line, then for each line: spent, reserved, end, overrun, alertsFrom, alertsTo
--
-- account      hash: s and e = start and end of the window, u = spent, p = spent in the window before, r = reserved, a = alerts told; a field per hold
-- holds        sorted set: reservations by the end of their lease
-- reservation  "units amount amount …", kept for a while after the lease: as long as it stands it is not settled

local MAX = 9007199254740991
local EXPIRE_MARGIN, EXPIRE_MAX = 60000, 300000000000
local ARGS, LINE_ARGS = 9, 9

local operation, id, now, lease, kept = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local skew, asked, least, count = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])

if skew > 0 then
  local time = redis.call('TIME')
  local server = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  if math.abs(server - now) > skew then
    return redis.error_reply('SKEW the clock of this node is ' .. string.format('%.0f', now - server) .. ' ms off the clock of Redis')
  end
end

local function text(number) return string.format('%.0f', number) end

local function give_back(line)
  while true do
    local over = redis.call('ZRANGEBYSCORE', line.holds, '-inf', text(now), 'LIMIT', 0, 1000)
    if #over == 0 then return end
    for _, amount in ipairs(redis.call('HMGET', line.key, unpack(over))) do line.reserved = line.reserved - (tonumber(amount) or 0) end
    for _, gone in ipairs(over) do
      if gone == id then line.held = nil end
    end
    redis.call('HDEL', line.key, unpack(over))
    redis.call('ZREM', line.holds, unpack(over))
  end
end

local function load(i)
  local at = ARGS + (i - 1) * LINE_ARGS
  local line = {
    key = KEYS[2 * i], holds = KEYS[2 * i + 1],
    sliding = ARGV[at + 3] == '1', hard = ARGV[at + 4] == '1', counted = ARGV[at + 5] == '1',
    limit = tonumber(ARGV[at + 6]), amount = tonumber(ARGV[at + 7]), per_unit = tonumber(ARGV[at + 8]), alerts = {}, overrun = 0
  }
  for alert in string.gmatch(ARGV[at + 9], '%d+') do line.alerts[#line.alerts + 1] = tonumber(alert) end
  local stored = redis.call('HMGET', line.key, 's', 'e', 'u', 'p', 'r', 'a', id)
  line.starts, line.ends = tonumber(stored[1]), tonumber(stored[2])
  line.spent, line.before, line.reserved = tonumber(stored[3]) or 0, tonumber(stored[4]) or 0, tonumber(stored[5]) or 0
  line.told, line.held = tonumber(stored[6]) or 0, tonumber(stored[7])
  give_back(line)
  -- A clock that lags behind the others finds a newer window: it counts there.
  local starts, ends = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  if not line.starts or starts > line.starts then
    line.before = line.sliding and starts == line.ends and line.spent or 0
    line.starts, line.ends, line.spent, line.told = starts, ends, 0, 0
  end
  return line
end

local function used(line)
  if line.before == 0 then return line.spent end
  local length = line.ends - line.starts
  local rest = math.max(0, math.min(line.ends - now, length)) / length
  return math.min(MAX, line.spent + math.ceil(line.before * rest))
end

local function save(line)
  redis.call('HSET', line.key, 's', text(line.starts), 'e', text(line.ends), 'u', text(line.spent), 'p', text(line.before),
    'r', text(line.reserved), 'a', line.told)
  local last = redis.call('ZREVRANGE', line.holds, 0, 0, 'WITHSCORES')
  local counts = line.ends + (line.sliding and line.ends - line.starts or 0)
  local stays = math.max(counts, tonumber(last[2]) or 0) - now + EXPIRE_MARGIN
  if stays < EXPIRE_MAX then
    redis.call('PEXPIRE', line.key, text(stays))
    redis.call('PEXPIRE', line.holds, text(stays))
  end
end

local lines = {}
for i = 1, count do lines[i] = load(i) end

local function answer(outcome, units, refused)
  local reply = { outcome, units, refused }
  for _, line in ipairs(lines) do
    local spent, from = used(line), line.told
    while line.told < #line.alerts and spent >= line.alerts[line.told + 1] do line.told = line.told + 1 end
    save(line)
    for _, value in ipairs({ spent, line.reserved, line.ends, line.overrun, from, line.told }) do reply[#reply + 1] = value end
  end
  return reply
end

local record = redis.call('GET', KEYS[1])
local units, amounts = 0, {}
if record then
  for number in string.gmatch(record, '%d+') do amounts[#amounts + 1] = tonumber(number) end
  units = table.remove(amounts, 1)
  if #amounts ~= count then return redis.error_reply('LINES these are not the lines of the reservation') end
end

local function floor_divide(dividend, divisor)
  local quotient = math.floor(dividend / divisor)
  -- The division may have been rounded up to the next integer.
  if quotient * divisor > dividend then quotient = quotient - 1 end
  return quotient
end

-- The most units for which every hard line has room; or nil and the first line that has none.
local function fit()
  local granted = asked
  for i, line in ipairs(lines) do
    if line.hard then
      local left = line.limit - used(line) - line.reserved
      local lapsed = record and not line.held and amounts[i] or 0
      local needed = math.min(MAX, line.amount + line.per_unit * least) + lapsed
      -- A new call of amount 0 needs that anything is left; renewing a lease needs nothing.
      if not record then needed = math.max(needed, 1) end
      if needed > 0 and needed > left then return nil, i end
      if line.per_unit > 0 then granted = math.min(granted, math.max(least, floor_divide(left - lapsed - line.amount, line.per_unit))) end
    end
  end
  return granted
end

local function hold(granted)
  local expires = now + lease
  local kept_text = text(units + granted)
  for i, line in ipairs(lines) do
    local total = math.min(MAX, line.amount + line.per_unit * granted)
    local amount = (amounts[i] or 0) + (line.counted and 0 or total)
    if line.counted then
      line.spent = math.min(MAX, line.spent + total)
    else
      line.reserved = line.reserved + (line.held and total or amount)
      if amount > 0 then
        redis.call('HSET', line.key, id, text(amount))
        redis.call('ZADD', line.holds, text(expires), id)
      end
    end
    kept_text = kept_text .. ' ' .. text(amount)
  end
  redis.call('SET', KEYS[1], kept_text, 'PX', text(lease + kept))
end

local function finish()
  local outcome = 'settled'
  for i, line in ipairs(lines) do
    local held = line.held or 0
    if line.held then
      redis.call('HDEL', line.key, id)
      redis.call('ZREM', line.holds, id)
      line.reserved = line.reserved - held
    elseif amounts[i] > 0 then
      outcome = 'late'
    end
    local charged = operation == 'settle' and not line.counted and line.amount or 0
    line.spent = math.min(MAX, line.spent + charged)
    line.overrun = math.max(0, charged - held)
  end
  redis.call('DEL', KEYS[1])
  return outcome
end

if operation == 'settle' or operation == 'refund' then
  if not record then return answer('unknown', 0, 0) end
  return answer(finish(), 0, 0)
end
if operation == 'extend' and not record then return { 'unknown', 0, 0 } end
if operation == 'reserve' and record then return answer('granted', units, 0) end
local granted, refused = fit()
if not granted then return answer('refused', 0, refused) end
hold(granted)
return answer('granted', granted, 0)
