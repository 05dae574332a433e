-- The language server, for `vim.lsp.enable("obs")`.

---@type vim.lsp.Config
return {
  cmd = { "obs", "lsp" },
  filetypes = { "obs" },
  root_markers = { "obs.toml", ".git" },
  -- lenses name commands, which `lua/obs.lua` carries out
  capabilities = { experimental = { obsCommands = true } },
  commands = {
    ["obs.preview"] = function(command)
      require("obs").preview(command.arguments[1])
    end,
    ["obs.showEmitted"] = function(command)
      require("obs").emitted(command.arguments[1], command.arguments[2], command.arguments[3])
    end,
    ["obs.why"] = function(command)
      require("obs").why(command.arguments[1], command.arguments[3])
    end,
  },
  on_attach = function(_, buffer)
    require("obs").attach(buffer)
  end,
}
