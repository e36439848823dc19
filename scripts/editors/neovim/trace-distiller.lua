-- Neovim (0.7 or newer) as a client of `trace-distiller serve`: :TraceList and :TraceSummary [trace] in a scratch buffer.
-- In init.lua:  dofile("/path/to/scripts/editors/neovim/trace-distiller.lua").setup()
local M = { id = nil }

--- Starts the server, once. `options.cmd` is its command line; the default finds it on PATH.
function M.start(options)
  if M.id and vim.lsp.get_client_by_id(M.id) then
    return vim.lsp.get_client_by_id(M.id)
  end
  M.id = vim.lsp.start_client({
    name = "trace-distiller",
    cmd = (options or {}).cmd or { "trace-distiller", "serve" },
    root_dir = vim.fn.getcwd(),
  })
  vim.wait(5000, function()
    local client = vim.lsp.get_client_by_id(M.id)
    return client ~= nil and client.initialized
  end, 10)
  return vim.lsp.get_client_by_id(M.id)
end

--- Asks one method and waits for its result; an error of the server becomes a Lua error with its message.
function M.ask(method, params)
  local client = M.start(M.options)
  if not client then
    error("trace-distiller does not start; is it on PATH?", 0)
  end
  local answer, problem = client.request_sync(method, params, 25000, 0)
  if not answer then
    error(problem)
  end
  if answer.err or answer.error then
    error((answer.err or answer.error).message, 0)
  end
  return answer.result
end

--- Shows a text in a scratch buffer.
function M.show(text)
  vim.cmd("new")
  vim.bo.buftype, vim.bo.bufhidden, vim.bo.swapfile = "nofile", "wipe", false
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(text, "\n"))
end

function M.list()
  local lines = {}
  for _, trace in ipairs(M.ask("traces/list", {}).traces) do
    local line = "%s  %s  %.2f ms  %d spans, %d failed"
    table.insert(lines, line:format(trace.handle, trace.rootName, trace.durationMs, trace.spanCount, trace.errorCount))
  end
  M.show(table.concat(lines, "\n"))
end

function M.summary(trace)
  M.show(M.ask("trace/summary", { traceId = trace or "latest" }).text)
end

function M.setup(options)
  M.options = options
  M.start(options)
  vim.api.nvim_create_user_command("TraceList", M.list, {})
  vim.api.nvim_create_user_command("TraceSummary", function(command)
    M.summary(command.args ~= "" and command.args or nil)
  end, { nargs = "?" })
  return M
end

return M
