-- What check.lua and add.lua share. A counter is "sequence current previous", as
-- ratelimit.Window has it. All numbers are whole and below 2^53, where doubles are exact;
-- the clock is this server's alone, in milliseconds.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- known is what the caller knows of a counter, as it would be stored, or ''. It counts if the
-- counter is gone.
local function load(key, sliding, duration, known)
  local sequence = math.floor(now / duration)
  local stored = redis.call('GET', key)
  local s, c, p = string.match(stored or known, '^(%d+) (%d+) (%d+)$')
  s, c, p = tonumber(s), tonumber(c), tonumber(p)
  local w = {sequence = sequence, current = 0, previous = 0, sliding = sliding, duration = duration}
  if s == sequence or s == sequence + 1 then -- + 1: the clock was set back
    w.sequence, w.current, w.previous = s, c, p
  elseif s == sequence - 1 then
    w.previous = c
  end
  w.restored = not stored and w.current + w.previous > 0
  return w
end

-- The key outlives its last window by a second: the server's idea of now may be a little
-- later than this script's.
local function save(key, w)
  local windows = w.sliding and 2 or 1
  local life = (w.sequence + windows) * w.duration - now + 1000
  redis.call('SET', key, string.format('%.0f %.0f %.0f', w.sequence, w.current, w.previous),
    'PX', string.format('%.0f', life))
end

-- floor(a * b / d) for a < 2^53, b <= d < 2^40, by 12 bits of a at a time if the product
-- is not exact.
local function share(a, b, d)
  if a * b < 9007199254740992 then return math.floor(a * b / d) end
  local quotient, rest = 0, 0
  for i = 4, 0, -1 do
    rest = rest * 4096 + math.floor(a / 4096 ^ i) % 4096 * b
    quotient = quotient * 4096 + math.floor(rest / d)
    rest = rest % d
  end
  return quotient
end
