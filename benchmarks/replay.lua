-- Replays prebuilt requests from a file, in order and over again, for wrk.
--
-- Arguments behind the URL: the file, and how many requests to skip at first. Each request in the
-- file is its length in bytes, a newline, and the bytes of the whole HTTP request. Building nothing
-- while the clock runs keeps the load generator from being what is measured.

local requests, count, at = {}, 0, 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  while true do
    local length = file:read("*n")
    if not length then break end
    file:read(1)
    count = count + 1
    requests[count] = file:read(length)
  end
  file:close()
  at = tonumber(args[2]) % count
end

function request()
  at = at + 1
  local found = requests[at]
  if at == count then at = 0 end
  return found
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,' ..
    '"failures":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d},' ..
    '"latency_ms":{"p50":%.3f,"p90":%.3f,"p99":%.3f,"max":%.3f}}\n',
    summary.requests, summary.duration / 1e6,
    errors.connect, errors.read, errors.write, errors.timeout, errors.status,
    latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3))
end
