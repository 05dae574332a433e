; Two blanks within brackets (nvim-treesitter's names).
[
  (block)
  (group_body)
  (kind_body)
  (protocol_body)
  (test_body)
  (arms)
  (list)
  (arguments)
  (parameters)
  (record_type)
  (import_names)
  (group)
] @indent.begin

[ "}" "]" ")" ] @indent.branch @indent.end

(string) @indent.ignore
[ (comment) (doc_comment) (file_comment) ] @indent.auto
