(fn_item body: (_) @function.inside) @function.around
(component_item body: (_) @function.inside) @function.around
(test_item body: (_) @test.inside) @test.around

(kind_item body: (_) @class.inside) @class.around
(protocol_item body: (_) @class.inside) @class.around
(namespace_item body: (_) @class.inside) @class.around
(layer_item body: (_) @class.inside) @class.around

(field value: (_) @entry.inside) @entry.around
(parameter) @parameter.around
(parameter type: (_) @parameter.inside)
(arguments (_) @parameter.inside)

(comment) @comment.inside
(doc_comment) @comment.inside
[ (comment)+ (doc_comment)+ (file_comment)+ ] @comment.around
