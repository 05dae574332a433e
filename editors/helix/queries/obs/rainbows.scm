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
] @rainbow.scope

[ "{" "}" "[" "]" "(" ")" ] @rainbow.bracket
