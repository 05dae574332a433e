; Names and where they can be seen.
(source_file) @local.scope
(kind_item) @local.scope
(fn_item) @local.scope
(for_entry) @local.scope
(for_element) @local.scope
(quantified_expression) @local.scope
(arm) @local.scope

(let_item name: (identifier) @local.definition.var)
(let_member name: (identifier) @local.definition.var)
(fn_item name: (identifier) @local.definition.function)
(type_item name: (identifier) @local.definition.type)
(kind_item name: (identifier) @local.definition.type)
(protocol_item name: (identifier) @local.definition.type)
(component_item name: (identifier) @local.definition.var)
(parameter name: (identifier) @local.definition.parameter)
(param_member name: (identifier) @local.definition.parameter)
(for_entry names: (names (identifier) @local.definition.var))
(for_element names: (names (identifier) @local.definition.var))
(quantified_expression names: (names (identifier) @local.definition.var))
(variant_pattern field: (identifier) @local.definition.var)

(identifier) @local.reference
