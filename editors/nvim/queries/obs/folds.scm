; What can be folded: bodies, lists, and text of several lines.
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
  (string)
] @fold

