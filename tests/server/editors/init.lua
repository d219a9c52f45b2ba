-- Neovim's own client before a server: opens a file, sees what is found, applies a fix, saves. Writes what it saw as JSON.
-- Arguments by the environment: a headless Neovim takes none.
local program, file, report = vim.env.WS_LINT, vim.env.FILE, vim.env.REPORT
vim.o.swapfile = false
vim.cmd("edit " .. vim.fn.fnameescape(file))
local folder = vim.fn.fnamemodify(file, ":h")
local root = vim.uri_from_fname(folder)
local id = vim.lsp.start_client({
  name = "ws-lint",
  cmd = { program, "--lsp" },
  cmd_cwd = folder,
  root_dir = folder,
  workspace_folders = { { uri = root, name = folder } },
})
vim.lsp.buf_attach_client(0, id)
local function codes()
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, diagnostic.code or diagnostic.user_data.lsp.code)
  end
  table.sort(found)
  return found
end
local function wait(what, is_so)
  if not vim.wait(60000, is_so, 20) then
    vim.fn.writefile({ vim.fn.json_encode({ failed = what }) }, report)
    vim.cmd("qall!")
  end
end
wait("diagnostics", function() return #codes() > 0 end)
local before = codes()
local line = vim.diagnostic.get(0)[1].lnum
vim.api.nvim_win_set_cursor(0, { line + 1, vim.diagnostic.get(0)[1].col })
local params = vim.lsp.util.make_range_params()
params.context = { diagnostics = {}, only = { "quickfix" } }
local answers = vim.lsp.buf_request_sync(0, "textDocument/codeAction", params, 60000)
local client = vim.lsp.get_client_by_id(id)
local action = answers[id].result[1]
vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
wait("other diagnostics", function() return not vim.deep_equal(codes(), before) end)
local after = codes()
vim.cmd("write")
vim.fn.writefile({ vim.fn.json_encode({ before = before, fix = action.title, after = after }) }, report)
vim.lsp.stop_client(id)
vim.wait(10000, function() return vim.lsp.client_is_stopped(id) end, 20)
vim.cmd("qall!")
