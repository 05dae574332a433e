; What each token is. A node has one capture at most, so the order of patterns means nothing: editors differ in it.
; Neovim, Helix and Zed have copies with their own names, written by the tests.

(comment) @comment
(doc_comment) @comment.documentation
(file_comment) @comment.documentation

; words: keywords
[
  "import"
  "let"
  "fn"
  "type"
  "protocol"
  "kind"
  "cluster"
  "namespace"
  "layer"
  "component"
  "scale"
  "autoscale"
  "profile"
  "backup"
  "alert"
  "view"
  "assert"
  "test"
  "waive"
  "patch"
  "object"
  "param"
  "port"
  "accepts"
  "emits"
  "turns"
  "file"
  "dashboard"
  "as"
  "by"
  "extends"
  "into"
  "on"
  "until"
] @keyword

; words: control
[
  "else"
  "for"
  "if"
  "match"
] @keyword

; words: operators
[
  "all"
  "and"
  "any"
  "in"
  "not"
  "or"
] @keyword.operator

(constant) @constant.builtin
(any_pattern) @variable.builtin

[ "->" "<->" "..." ".." "??" "==" "!=" "<=" ">=" "<" ">" "+" "-" "*" "/" "|" "?" "=" ] @operator
[ "{" "}" "[" "]" "(" ")" ] @punctuation.bracket
[ "," ":" "." ] @punctuation.delimiter

; declarations
(let_item name: (identifier) @variable)
(let_member name: (identifier) @variable)
(fn_item name: (identifier) @function)
(type_item name: (identifier) @type)
(kind_item name: (identifier) @type)
(kind_item extends: (path (identifier) @type))
(protocol_item name: (identifier) @type)
(cluster_item name: (identifier) @module)
(namespace_item name: (identifier) @module)
(layer_item name: (identifier) @module)
(component_item name: (identifier) @variable)
(component_item kind: (path (identifier) @type))
(profile_item name: (identifier) @variable)
(profile_item extends: (identifier) @variable)
(view_item name: (identifier) @variable)
(alert_item name: (identifier) @variable)
(alert_item on: (path (identifier) @variable))
(alert_member name: (identifier) @variable)
(patch_item kind: (identifier) @type)
(patch_item name: (identifier) @variable)
(patch_item namespace: (identifier) @module)
(import_item source: (identifier) @module)
(import_item alias: (identifier) @module)
(import_names name: (identifier) @type)
(waive_item code: (path (identifier) @attribute))

; flows and what names components
(paths (path (identifier) @variable))
(flow_item protocol: (path (identifier) @type))
(protocol_use (path (identifier) @type))
(signals (identifier) @constant)

; members and fields
(parameter name: (identifier) @variable.parameter)
(param_member name: (identifier) @variable.parameter)
(option name: (identifier) @property)
(attribute name: (identifier) @property)
(port_member name: (identifier) @property)
(accepts_member port: (identifier) @property)
(turns_member by: (identifier) @variable)
(turns_member from: (names (identifier) @constant))
(turns_member into: (names (identifier) @constant))
(field key: (identifier) @property)
(argument name: (identifier) @variable.parameter)
(for_entry names: (names (identifier) @variable))
(for_element names: (names (identifier) @variable))
(quantified_expression names: (names (identifier) @variable))

; expressions
(field_access name: (identifier) @property)
(call function: (identifier) @function)
(variant_pattern name: (identifier) @constant)
(variant_pattern field: (identifier) @variable)

; types
(variant_type name: (identifier) @type)
(named_type name: (path (identifier) @type))

; text
(string "\"" @string)
(string "\"\"\"" @string)
(string_content) @string
(escape) @string.escape
(regex) @string.regexp
(tagged_string tag: (identifier) @function.macro)
(interpolation "${" @punctuation.special)
(number) @number
(date) @number
