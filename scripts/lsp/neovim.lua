-- What Neovim holds after a run: the script of check-lsp drives it as a person would. `nvim --clean --headless +'luafile neovim.lua' +cq`.
local result, held = vim.env.TD_RESULT, {}

local function wait(condition)
  return vim.wait(15000, condition, 10)
end

local ok, problem = pcall(function()
  local distiller = dofile(vim.env.TD_MODULE).setup({ cmd = { vim.env.TD_PROGRAM, "lsp", "--hub", "never", "--pipe", vim.env.TD_PIPE } })
  local buffer = vim.api.nvim_get_current_buf()
  assert(wait(function()
    return distiller.id and vim.lsp.buf_is_attached(buffer, distiller.id)
  end), "the client was not attached")
  assert(wait(function()
    return vim.loop.fs_stat(vim.env.TD_PIPE) ~= nil
  end), "there is no pipe")
  io.open(vim.env.TD_READY, "w"):close()
  assert(wait(function()
    return #vim.diagnostic.get(buffer, { severity = vim.diagnostic.severity.ERROR }) > 0
  end), "no diagnostic came")
  held.diagnostics = vim.tbl_map(function(each)
    return { lnum = each.lnum, message = each.message, severity = each.severity, source = each.source }
  end, vim.diagnostic.get(buffer))

  --- The lenses that Neovim shows, by line.
  local function lenses()
    local list = vim.tbl_map(function(each)
      return { each.range.start.line, each.command.title }
    end, vim.lsp.codelens.get(buffer))
    table.sort(list, function(left, right)
      return left[1] < right[1]
    end)
    return list
  end
  assert(wait(function()
    return #lenses() == 2
  end), "no lenses came")
  held.lenses = lenses()

  local found = vim.lsp.get_client_by_id(distiller.id)
  local at = { textDocument = { uri = vim.uri_from_bufnr(buffer) }, position = { line = 7, character = 0 } }
  held.hover = found.request_sync("textDocument/hover", at, 10000, buffer).result.contents.value
  local explained
  distiller.explain("t1", function(text)
    explained = text or ""
  end)
  assert(wait(function()
    return explained
  end), "no explanation came")
  held.explain = explained
  distiller.errors()
  held.quickfix = vim.tbl_map(function(each)
    return { each.lnum, each.text }
  end, vim.fn.getqflist())

  vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { "# above" })
  assert(wait(function()
    distiller.refresh()
    vim.wait(50)
    local now = lenses()
    return #now == 2 and now[1][1] == 4
  end), "the lenses did not move")
  held.moved = lenses()
end)
if not ok then
  held.problem = tostring(problem)
  io.stdout:write(held.problem, "\n")
end
local file = io.open(result, "w")
file:write(vim.fn.json_encode(held))
file:close()
for _, each in ipairs(vim.lsp.get_active_clients()) do
  each.stop()
end
vim.wait(2000, function()
  return #vim.lsp.get_active_clients() == 0
end)
