-- What the server's own requests are for: the picture, what is emitted, and why.

local M = {}

--- Text to the side, which can only be read.
---@param name string
---@param text string
---@param filetype string
local function beside(name, text, filetype)
  local buffer = vim.fn.bufnr("^" .. name .. "$")
  if buffer == -1 then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, name)
  end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text, "\n"))
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].filetype = filetype
  if vim.fn.bufwinid(buffer) == -1 then
    vim.cmd("vertical sbuffer " .. buffer)
    vim.cmd("wincmd p")
  end
  return buffer
end

--- The server's client, if there is one.
local function running()
  local client = vim.lsp.get_clients({ name = "obs" })[1]
  if client == nil then
    vim.notify("obs: no language server", vim.log.levels.WARN)
  end
  return client
end

---@param method string
---@param params table
---@param answered fun(result: any)
local function ask(method, params, answered)
  local client = running()
  if client == nil then
    return
  end
  client:request(method, params, function(err, result)
    if err then
      vim.notify("obs: " .. err.message, vim.log.levels.WARN)
    elseif result == nil or result == vim.NIL then
      vim.notify("obs: nothing comes of this, or the program has errors")
    else
      answered(result)
    end
  end)
end

--- The picture of a program, as boxes of characters; it follows what is typed.
---@param uri string?
---@param view string?
function M.preview(uri, view)
  uri = uri or vim.uri_from_bufnr(0)
  view = view or "system"
  ask("obs/preview", { textDocument = { uri = uri }, view = view, format = "ascii" }, function(found)
    beside("obs://preview", found.text, "text")
  end)
end

--- The files that owe something to the item at a place.
---@param uri string?
---@param position table?
---@param kind string?
function M.emitted(uri, position, kind)
  if uri == nil then
    local client = running()
    if client == nil then
      return
    end
    local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
    uri, position = params.textDocument.uri, params.position
  end
  ask("obs/emitted", { textDocument = { uri = uri }, position = position }, function(files)
    local texts = {}
    for _, file in ipairs(files) do
      if kind == nil or kind == vim.NIL or file.text:find("\nkind: " .. kind .. "\n", 1, true) then
        table.insert(texts, "# " .. file.path .. "\n" .. file.text)
      end
    end
    if #texts == 0 then
      vim.notify("obs: nothing comes of this, or the program has errors")
    else
      beside("obs://emitted", table.concat(texts, "---\n"), "yaml")
    end
  end)
end

--- The source lines behind an object or a parameter, of the saved text.
---@param uri string?
---@param object string
function M.why(uri, object)
  local path = vim.uri_to_fname(uri or vim.uri_from_bufnr(0))
  local done = vim.schedule_wrap(function(found)
    beside("obs://why", found.code == 0 and found.stdout or found.stderr, "text")
  end)
  vim.system({ "obs", "--color", "never", "why", path, object }, { text = true }, done)
end

--- Commands of a buffer that the server serves.
---@param buffer integer
function M.attach(buffer)
  local function command(name, run, options)
    vim.api.nvim_buf_create_user_command(buffer, name, run, options or {})
  end
  command("ObsPreview", function(args)
    M.preview(nil, args.args ~= "" and args.args or nil)
  end, { nargs = "?", desc = "The picture of this program" })
  command("ObsEmitted", function()
    M.emitted()
  end, { desc = "What the item at the cursor becomes" })
  command("ObsWhy", function(args)
    M.why(nil, args.args)
  end, { nargs = 1, desc = "Why an object or a parameter is as it is" })
  vim.api.nvim_create_autocmd({ "TextChanged", "InsertLeave" }, {
    buffer = buffer,
    callback = function()
      if vim.fn.bufwinid("^obs://preview$") ~= -1 then
        M.preview()
      end
    end,
  })
end

return M
