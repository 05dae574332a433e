; Text in other languages: `promql"…"` and `re"…"`. What stands in `${…}` isn't part of it.
((tagged_string
  tag: (identifier) @_tag
  (string (string_content) @injection.content))
  (#eq? @_tag "promql")
  (#set! injection.language "promql")
  (#set! injection.combined))

((tagged_string
  tag: (identifier) @_tag
  (string (string_content) @injection.content))
  (#eq? @_tag "logql")
  (#set! injection.language "logql")
  (#set! injection.combined))

((tagged_string
  tag: (identifier) @_tag
  (string (string_content) @injection.content))
  (#eq? @_tag "re")
  (#set! injection.language "regex"))

((regex) @injection.content
  (#set! injection.language "regex"))

([ (comment) (doc_comment) (file_comment) ] @injection.content
  (#set! injection.language "comment"))
