(component_item "component" @context name: (_) @name) @item
(kind_item "kind" @context name: (_) @name) @item
(protocol_item "protocol" @context name: (_) @name) @item
(type_item "type" @context name: (_) @name) @item
(fn_item "fn" @context name: (_) @name) @item
(let_item "let" @context name: (_) @name) @item
(cluster_item "cluster" @context name: (_) @name) @item
(namespace_item "namespace" @context name: (_) @name) @item
(layer_item "layer" @context name: (_) @name) @item
(profile_item "profile" @context name: (_) @name) @item
(view_item "view" @context name: (_) @name) @item
(alert_item "alert" @context name: (_) @name) @item
(test_item "test" @context name: (_) @name) @item
(flow_item from: (_) @name) @item
(param_member "param" @context name: (_) @name) @item
(port_member "port" @context name: (_) @name) @item
