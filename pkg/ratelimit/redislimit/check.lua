-- KEYS: the counter of each check. ARGV, five for each: "s" for sliding or "f" for fixed,
-- limit, duration in milliseconds, cost, what is known of the counter.
-- Returns the time, whether all passed, and for each check whether it passed, plus 2 if the
-- counter was gone but known, and the counter after the call: sequence, current, previous.
local windows, answer = {}, {now, 1}
for i, key in ipairs(KEYS) do
  local a, v = 5 * i, 4 * i
  local limit, cost = tonumber(ARGV[a - 3]), tonumber(ARGV[a - 1])
  local w = windows[key]
  if not w then
    w = load(key, ARGV[a - 4] == 's', tonumber(ARGV[a - 2]), ARGV[a])
    w.claimed = 0
    windows[key] = w
  end
  local used = w.current + w.claimed
  if w.sliding then
    used = used + share(w.previous, math.min((w.sequence + 1) * w.duration - now, w.duration), w.duration)
  end
  if limit > 0 and used + cost <= limit then
    w.claimed = w.claimed + cost
    answer[v - 1] = 1
  else
    answer[v - 1], answer[2] = 0, 0
  end
end
for i, key in ipairs(KEYS) do
  local w = windows[key]
  if answer[2] == 1 and w.claimed > 0 then
    w.current, w.claimed, w.changed = w.current + w.claimed, 0, true
  end
  if w.changed or w.restored then
    save(key, w)
  end
  if w.restored then
    answer[4 * i - 1] = answer[4 * i - 1] + 2
  end
  w.changed, w.restored = false, false
  answer[4 * i], answer[4 * i + 1], answer[4 * i + 2] = w.sequence, w.current, w.previous
end
return answer
