-- KEYS: counters. ARGV, five for each: "s" or "f", the sequence of a window, duration in
-- milliseconds, what to add to that window, which may be less than 0, what is known of the
-- counter. Returns what check.lua does.
local answer = {now, 1}
for i, key in ipairs(KEYS) do
  local a, v = 5 * i, 4 * i
  local sequence, sum = tonumber(ARGV[a - 3]), tonumber(ARGV[a - 1])
  local w = load(key, ARGV[a - 4] == 's', tonumber(ARGV[a - 2]), ARGV[a])
  local function add(count) return math.max(0, math.min(9007199254740991, count + sum)) end
  if sequence >= w.sequence then
    w.current = add(w.current)
    save(key, w)
  elseif sequence == w.sequence - 1 and w.sliding then
    w.previous = add(w.previous)
    save(key, w)
  end
  answer[v - 1], answer[v], answer[v + 1], answer[v + 2] = w.restored and 3 or 1, w.sequence, w.current, w.previous
end
return answer
