vim.filetype.add({ extension = { obs = "obs" } })
