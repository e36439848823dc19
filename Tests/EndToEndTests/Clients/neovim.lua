-- Drives the editor script as a user's Neovim would: arguments are the server, the pipe, and the stream to write.
local program, pipe, stream, script = vim.env.TD_PROGRAM, vim.env.TD_PIPE, vim.env.TD_STREAM, vim.env.TD_SCRIPT
local client = dofile(script).setup({ cmd = { program, "serve", "--pipe", pipe } })
os.execute(("cat '%s' > '%s'"):format(stream, pipe))
vim.wait(10000, function()
  return client.ask("traces/list", {}).total == 4
end, 10)
vim.cmd("TraceSummary slowest")
io.stdout:write(table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n"), "\n")
local ok, message = pcall(client.summary, "trace_77")
io.stdout:write(tostring(ok), " ", tostring(message), "\n")
vim.cmd("qa!")
