-- Neovim (0.7 or newer) as a client of `trace-distiller lsp`. Beside the lines of open files: errors, lenses, times, hover, calls.
-- :TraceExplain [trace], :TraceSummary [trace] and :TraceList in one window that is used again, where <CR> on a place goes there;
-- :TraceErrors fills the quickfix list. Nothing waits for an answer: typing goes on, and the window fills when the answer comes.
-- In init.lua:  dofile("/path/to/scripts/editors/neovim/trace-distiller.lua").setup()
local M = { id = nil, buffer = nil, waiting = {}, latest = 0 }

--- What went wrong, in one line.
local function tell(problem)
  local line = tostring(problem):gsub("%s*\n%s*", " ")
  vim.notify("trace-distiller: " .. line, vim.log.levels.ERROR)
  return line
end

--- What this editor can do, and that it looks again when it is asked to.
function M.capabilities()
  local made = vim.lsp.protocol.make_client_capabilities()
  made.workspace.codeLens = { refreshSupport = true }
  made.workspace.inlayHint = { refreshSupport = true }
  return made
end

local function client()
  local found = M.id and vim.lsp.get_client_by_id(M.id)
  return found and not found.is_stopped() and found or nil
end

--- Starts the server unless it runs. `ready` is called with the client once it answers, or with nil and a problem.
local function start(ready)
  local running = client()
  if running and running.initialized then
    return ready(running)
  end
  table.insert(M.waiting, ready)
  if running then
    return
  end
  local function finish(found, problem)
    local waiting = M.waiting
    M.waiting = {}
    for _, each in ipairs(waiting) do
      each(found, problem)
    end
  end
  M.id = vim.lsp.start_client({
    name = "trace-distiller",
    cmd = (M.options or {}).cmd or { "trace-distiller", "lsp" },
    root_dir = vim.fn.getcwd(),
    init_options = (M.options or {}).init_options,
    capabilities = M.capabilities(),
    handlers = {
      ["workspace/codeLens/refresh"] = function()
        vim.schedule(M.refresh)
        return vim.NIL
      end,
      ["workspace/inlayHint/refresh"] = function()
        vim.schedule(M.refresh)
        return vim.NIL
      end,
    },
    on_init = function(found)
      found.initialized = true
      finish(found)
    end,
    on_exit = function(code)
      M.id = nil
      vim.schedule(function()
        finish(nil, ("the server ended with code %d; :lua print(vim.lsp.get_log_path()) names its log"):format(code))
      end)
    end,
  })
  if not M.id then
    finish(nil, "it does not start; is trace-distiller on PATH?")
  end
end

--- Asks one method. `done` is called with the result, or with nil and the error's message.
function M.ask(method, params, done)
  start(function(found, problem)
    if not found then
      return done(nil, problem)
    end
    local sent = found.request(method, params, function(err, result)
      done(result, err and (err.message or vim.inspect(err)))
    end)
    if not sent then
      done(nil, "the server has ended; ask again")
    end
  end)
end

--- Shows a text in the window of the last one, or in a new one. The cursor stays where it was.
function M.show(text)
  if not (M.buffer and vim.api.nvim_buf_is_valid(M.buffer)) then
    M.buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_option(M.buffer, "bufhidden", "hide")
    vim.api.nvim_buf_set_option(M.buffer, "swapfile", false)
    vim.api.nvim_buf_set_name(M.buffer, "trace-distiller://answer")
    vim.api.nvim_buf_set_keymap(M.buffer, "n", "<CR>", "", { callback = function() M.go() end, noremap = true })
  end
  if vim.fn.bufwinid(M.buffer) < 0 then
    local here = vim.api.nvim_get_current_win()
    vim.cmd("botright split")
    vim.api.nvim_win_set_buf(0, M.buffer)
    vim.wo.wrap = false
    vim.api.nvim_set_current_win(here)
  end
  vim.api.nvim_buf_set_option(M.buffer, "modifiable", true)
  vim.api.nvim_buf_set_lines(M.buffer, 0, -1, false, vim.split(text, "\n"))
  vim.api.nvim_buf_set_option(M.buffer, "modifiable", false)
  vim.api.nvim_win_set_cursor(vim.fn.bufwinid(M.buffer), { 1, 0 })
end

--- Asks, and shows what came; of several questions the latest is shown. `done`, if given, is called with the text, or with nil and the problem.
local function shown(method, params, text, done)
  M.latest = M.latest + 1
  local mine = M.latest
  M.ask(method, params, function(result, problem)
    if problem then
      return (done or function() end)(nil, tell(problem))
    end
    local made = text(result)
    if mine == M.latest then
      M.show(made)
    end
    return (done or function() end)(made)
  end)
end

local function text_of(result)
  return result.text
end

--- One method about one trace, by default the latest.
local function about(method)
  return function(trace, done)
    shown(method, { traceId = trace or "latest" }, text_of, done)
  end
end

M.explain, M.summary = about("trace/explain"), about("trace/summary")

function M.list(done)
  shown("traces/list", vim.empty_dict(), function(result)
    local lines = {}
    for _, trace in ipairs(result.traces) do
      local line = "%s  %s  %.2f ms  %d spans, %d failed"
      table.insert(lines, line:format(trace.handle, trace.rootName, trace.durationMs, trace.spanCount, trace.errorCount))
    end
    if #lines == 0 then
      lines = { result.hint or "no trace" }
    end
    return table.concat(lines, "\n")
  end, done)
end

local marks = vim.api.nvim_create_namespace("trace-distiller")

--- Times at the ends of the buffer's lines, where Neovim has no inlay hints of its own.
local function hint(buffer, found)
  local last = vim.api.nvim_buf_line_count(buffer)
  local range = { start = { line = 0, character = 0 }, ["end"] = { line = last, character = 0 } }
  local params = { textDocument = { uri = vim.uri_from_bufnr(buffer) }, range = range }
  found.request("textDocument/inlayHint", params, function(problem, hints)
    if problem or not vim.api.nvim_buf_is_valid(buffer) then
      return
    end
    vim.api.nvim_buf_clear_namespace(buffer, marks, 0, -1)
    for _, each in ipairs(hints or {}) do
      if each.position.line < vim.api.nvim_buf_line_count(buffer) then
        local text = { { " " .. each.label, "Comment" } }
        vim.api.nvim_buf_set_extmark(buffer, marks, each.position.line, 0, { virt_text = text, hl_mode = "combine" })
      end
    end
  end, buffer)
end

--- Asks again what the lines of the shown buffers did.
function M.refresh()
  local found = client()
  if not found then
    return
  end
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local buffer = vim.api.nvim_win_get_buf(window)
    if vim.lsp.buf_is_attached(buffer, found.id) then
      vim.api.nvim_buf_call(buffer, vim.lsp.codelens.refresh)
      hint(buffer, found)
    end
  end
end

--- Shows in this buffer what its lines did.
function M.attach(buffer)
  buffer = buffer == 0 and vim.api.nvim_get_current_buf() or buffer
  if vim.bo[buffer].buftype ~= "" or vim.api.nvim_buf_get_name(buffer) == "" then
    return
  end
  start(function(found, problem)
    if not found then
      return tell(problem)
    end
    if vim.api.nvim_buf_is_valid(buffer) and not vim.lsp.buf_is_attached(buffer, found.id) then
      vim.lsp.buf_attach_client(buffer, found.id)
      vim.schedule(M.refresh)
    end
  end)
end

--- Errors of the open files in the quickfix list.
function M.errors()
  local list = vim.diagnostic.get(nil, { severity = vim.diagnostic.severity.ERROR })
  local ours = vim.tbl_filter(function(each)
    return each.source == "trace-distiller"
  end, list)
  vim.fn.setqflist(vim.diagnostic.toqflist(ours), "r")
  if #ours > 0 then
    vim.cmd("copen")
    vim.cmd("wincmd p")
  else
    vim.notify("trace-distiller: no errors in the open files")
  end
end

--- Goes to the place under the cursor, such as orders.py:12, as far as the server knows the file.
function M.go()
  local word = vim.fn.expand("<cWORD>"):gsub("[%(%)%[%],\"']", "")
  local file, line = word:match("^(.+):(%d+)$")
  local path = file and (vim.fn.filereadable(file) == 1 and file or vim.fn.findfile(vim.fn.fnamemodify(file, ":t"), "**"))
  if not path or path == "" then
    return vim.notify("trace-distiller: no place here")
  end
  vim.cmd("wincmd p")
  vim.cmd("edit " .. vim.fn.fnameescape(path))
  vim.api.nvim_win_set_cursor(0, { math.min(tonumber(line), vim.api.nvim_buf_line_count(0)), 0 })
end

--- `cmd`, `init_options` (see protocol/lsp.md), and `attach = false` for commands alone.
function M.setup(options)
  M.options = options
  local function command(name, run, takes)
    vim.api.nvim_create_user_command(name, function(given)
      run(given.args ~= "" and given.args or nil)
    end, { nargs = takes and "?" or 0 })
  end
  command("TraceExplain", M.explain, true)
  command("TraceSummary", M.summary, true)
  command("TraceList", function() M.list() end, false)
  command("TraceErrors", M.errors, false)
  if (options or {}).attach ~= false then
    local group = vim.api.nvim_create_augroup("trace-distiller", {})
    vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile" }, { group = group, callback = function(given) M.attach(given.buf) end })
    if vim.api.nvim_buf_get_name(0) ~= "" then
      M.attach(0)
    end
  end
  return M
end

return M
