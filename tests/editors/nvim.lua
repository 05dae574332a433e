-- A configuration as a user has it, then what Neovim has to say of the file that it was started with.

vim.opt.runtimepath:append(vim.env.OBS_NVIM)
vim.cmd("filetype plugin indent on")
vim.lsp.enable("obs")

local function say(...)
  io.stdout:write(table.concat(vim.tbl_map(tostring, { ... }), " ") .. "\n")
end

local function wait(what, look)
  if not vim.wait(60000, look, 50) then
    say("never seen:", what)
    vim.cmd("cquit")
  end
end

local function run()
  say("filetype", vim.bo.filetype)
  say("commentstring", vim.bo.commentstring)
  wait("diagnostics", function()
    return #vim.diagnostic.get(0) > 0
  end)
  for _, found in ipairs(vim.diagnostic.get(0)) do
    say("diagnostic", found.code, found.message)
  end

  local client = vim.lsp.get_clients({ name = "obs" })[1]
  local place = { textDocument = { uri = vim.uri_from_bufnr(0) }, position = { line = 2, character = 22 } }
  local hover = client:request_sync("textDocument/hover", place, 60000, 0)
  say("hover", hover.result.contents.value)

  place.position = { line = 3, character = 2 }
  local found = client:request_sync("textDocument/completion", place, 60000, 0).result
  for _, item in ipairs(found.items or found) do
    if item.label == "replicas" then
      say("completion", item.label)
    end
  end

  local tree = vim.treesitter.get_parser(0, "obs"):parse()[1]
  local query = vim.treesitter.query.get("obs", "highlights")
  for id, node in query:iter_captures(tree:root(), 0) do
    if vim.treesitter.get_node_text(node, 0) == "component" then
      say("token component:", query.captures[id])
    end
  end
  for _, name in ipairs({ "folds", "indents", "locals", "injections" }) do
    assert(vim.treesitter.query.get("obs", name), name)
  end
  vim.wo.foldmethod = "expr"
  vim.cmd("normal! zx")
  vim.cmd("3foldclose")
  say("fold " .. vim.fn.foldclosed(3) .. "-" .. vim.fn.foldclosedend(3))
  vim.cmd("normal! zR")
  say("indent", vim.bo.shiftwidth)

  vim.cmd("ObsPreview")
  wait("the picture", function()
    return vim.fn.bufwinid("^obs://preview$") ~= -1
  end)
  local shown = vim.api.nvim_buf_get_lines(vim.fn.bufnr("^obs://preview$"), 0, -1, false)
  say("preview", table.concat(shown, "\n"):match("grafana"))
  vim.api.nvim_win_set_cursor(0, { 3, 11 })
  -- the program has errors: nothing comes of it, and that is said
  local told
  vim.notify = function(text)
    told = text
  end
  vim.cmd("ObsEmitted")
  wait("an answer", function()
    return told
  end)
  say("emitted", told)
  say("end")
end

vim.api.nvim_create_autocmd("VimEnter", {
  callback = vim.schedule_wrap(function()
    local ok, why = pcall(run)
    if not ok then
      say("failed:", why)
    end
    vim.cmd("qall!")
  end),
})
