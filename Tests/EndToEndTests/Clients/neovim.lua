-- Drives the editor script as a user's Neovim would: the environment names the server, the pipe, and the stream to write.
local program, pipe, stream, script = vim.env.TD_PROGRAM, vim.env.TD_PIPE, vim.env.TD_STREAM, vim.env.TD_SCRIPT
local distiller = dofile(script).setup({ cmd = { program, "serve", "--pipe", pipe } })

--- Runs what ends in a call of its last argument, and waits for that; the editor handles events meanwhile.
local function await(run, ...)
  local answer
  local arguments = { ... }
  table.insert(arguments, function(...)
    answer = { ... }
  end)
  run(unpack(arguments))
  assert(answer == nil, "the editor was blocked until the answer came")
  assert(vim.wait(10000, function() return answer ~= nil end, 5), "no answer in ten seconds")
  return answer[1], answer[2]
end

await(distiller.ask, "traces/list", {})
os.execute(("cat '%s' > '%s'"):format(stream, pipe))
local total = 0
for _ = 1, 1000 do
  total = (await(distiller.ask, "traces/list", {})).total
  if total == 4 then break end
end
vim.cmd("edit " .. script)
local windows = #vim.api.nvim_list_wins()
await(distiller.explain, "slowest")
await(distiller.list)
await(distiller.summary, "slowest")
io.stdout:write(("windows more: %d\n"):format(#vim.api.nvim_list_wins() - windows))
io.stdout:write(("still in the file: %s\n"):format(tostring(vim.api.nvim_buf_get_name(0) == script)))
io.stdout:write(table.concat(vim.api.nvim_buf_get_lines(distiller.buffer, 0, -1, false), "\n"), "\n")
local _, message = await(distiller.summary, "trace_77")
io.stdout:write(message, "\n")
vim.cmd("TraceSummary slowest")
vim.cmd("qa!")
