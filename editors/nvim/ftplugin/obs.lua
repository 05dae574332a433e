vim.bo.commentstring = "// %s"
vim.bo.comments = ":///,://!,://"
vim.bo.expandtab = true
vim.bo.shiftwidth = 2
vim.bo.softtabstop = 2
-- a comment goes on in the next line
vim.opt_local.formatoptions:append("rco")
vim.opt_local.iskeyword:append("-")
-- only where the parser is installed: see the page
if pcall(vim.treesitter.start) then
  vim.wo.foldexpr = "v:lua.vim.treesitter.foldexpr()"
end
