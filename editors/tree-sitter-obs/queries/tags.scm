; What an index of symbols shows: names with what they are, and where they are used.
(component_item name: (identifier) @name) @definition.object
(kind_item name: (identifier) @name) @definition.class
(protocol_item name: (identifier) @name) @definition.interface
(type_item name: (identifier) @name) @definition.type
(fn_item name: (identifier) @name) @definition.function
(let_item name: (identifier) @name) @definition.constant
(cluster_item name: (identifier) @name) @definition.module
(namespace_item name: (identifier) @name) @definition.module
(layer_item name: (identifier) @name) @definition.module
(profile_item name: (identifier) @name) @definition.constant
(view_item name: (identifier) @name) @definition.constant
(alert_item name: (identifier) @name) @definition.constant

(component_item kind: (path (identifier) @name .)) @reference.class
(kind_item extends: (path (identifier) @name .)) @reference.class
(flow_item protocol: (path (identifier) @name .)) @reference.interface
(paths (path (identifier) @name .)) @reference.object
(call function: (identifier) @name) @reference.call
(named_type name: (path (identifier) @name .)) @reference.type
