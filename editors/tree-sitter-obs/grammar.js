/**
 * The grammar of `.obs` for tree-sitter: of programs without mistakes, and lenient with the others. What a program means,
 * and what is wrong with it, the compiler knows; `tests/editors` holds this grammar against the compiler's.
 *
 * A line's end is a token only where it ends something (`src/scanner.c` looks whether an operator carries on); elsewhere
 * it is a blank. Keywords are words only where they can stand: `kind: "ConfigMap"` is a field.
 */
/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

// The lists of words are written by the tests (`OBS_UPDATE=1 cargo test -p obs_tests --test editors`).

// words: items
const ITEMS = ["import", "let", "fn", "type", "protocol", "kind", "cluster", "namespace", "layer", "component", "scale", "autoscale", "profile", "backup", "alert", "view", "assert", "test", "waive", "patch", "object"];
// words: members
const MEMBERS = ["param", "port", "accepts", "emits", "turns", "file", "alert", "dashboard", "let", "assert"];
// words: attributes
const PROTOCOL_ATTRIBUTES = ["transport", "carries", "data", "scheme", "rbac", "label", "notifies", "own", "tells"];

/** How tightly operators bind, loosest first; these are the compiler's levels. */
const OPERATORS = [["or"], ["and"], ["==", "!=", "<=", ">=", "<", ">", "in"], ["??"], [".."], ["+", "-"], ["*", "/"]];
const RANGE = OPERATORS.findIndex(([first]) => first === "..") + 1;
const UNARY = OPERATORS.length + 1;

/** Things of which each ends at a comma or a line's end. */
const lines = ($, rule) =>
  seq(
    repeat(choice(",", $._newline)),
    optional(seq(rule, repeat(seq(repeat1(choice(",", $._newline)), rule)), repeat(choice(",", $._newline)))),
  );

/** A list goes on as long as it can: in a body a comma ends entries, too. */
const comma1 = (rule) => prec.right(seq(rule, repeat(seq(",", rule))));

/** Keywords where they are plain words. */
const word = ($, ...keywords) => alias(keywords.length > 1 ? choice(...keywords) : keywords[0], $.identifier);

module.exports = grammar({
  name: "obs",

  word: ($) => $.identifier,
  externals: ($) => [$._newline],
  extras: ($) => [/[ \t\r\n\uFEFF]/, $.comment, $.doc_comment, $.file_comment],
  supertypes: ($) => [$.item, $.member, $.entry, $.expression, $.type],
  // `a.b` starts a flow or an entry; behind the comma in `waive CODE on a, …` stands another component or the reason
  conflicts: ($) => [[$.path, $._key], [$._waived]],

  rules: {
    source_file: ($) => lines($, $.item),

    // ── items ──────────────────────────────────────────────────────────────────────────────────────────
    item: ($) =>
      choice(
        $.import_item,
        $.let_item,
        $.fn_item,
        $.type_item,
        $.protocol_item,
        $.kind_item,
        $.cluster_item,
        $.namespace_item,
        $.layer_item,
        $.component_item,
        $.flow_item,
        $.scale_item,
        $.autoscale_item,
        $.profile_item,
        $.backup_item,
        $.alert_item,
        $.view_item,
        $.assert_item,
        $.test_item,
        $.waive_item,
        $.patch_item,
        $.object_item,
      ),

    import_item: ($) =>
      seq("import", field("source", choice($.string, $.identifier)), optional(choice($.import_names, seq("as", field("alias", $.identifier))))),
    import_names: ($) => seq(".", "{", lines($, field("name", $.identifier)), "}"),
    let_item: ($) => seq("let", $._let),
    _let: ($) => seq(field("name", $.identifier), optional(seq(":", field("type", $._type))), "=", field("value", $.expression)),
    fn_item: ($) =>
      seq("fn", field("name", $.identifier), field("parameters", $.parameters), optional(seq(":", field("type", $._type))), "=", field("body", $.expression)),
    parameters: ($) => seq("(", lines($, $.parameter), ")"),
    parameter: ($) => $._parameter,
    _parameter: ($) =>
      seq(field("name", $.identifier), optional("?"), ":", field("type", $._type), optional(seq("=", field("default", $.expression)))),
    type_item: ($) => seq("type", field("name", $.identifier), "=", field("type", $._type)),
    protocol_item: ($) => seq("protocol", field("name", $.identifier), field("body", $.protocol_body)),
    protocol_body: ($) => seq("{", lines($, choice($.attribute, $.option)), "}"),
    attribute: ($) => seq(field("name", word($, ...PROTOCOL_ATTRIBUTES)), ":", field("value", $.expression)),
    option: ($) => $._parameter,
    kind_item: ($) => seq("kind", field("name", $.identifier), optional(seq("extends", field("extends", $.path))), field("body", $.kind_body)),
    kind_body: ($) => seq("{", lines($, $.member), "}"),

    cluster_item: ($) => seq("cluster", field("name", $.identifier), field("body", $.block)),
    namespace_item: ($) => seq("namespace", $._group),
    layer_item: ($) => seq("layer", $._group),
    _group: ($) => seq(field("name", $.identifier), optional(field("title", $.string)), field("body", $.group_body)),
    group_body: ($) => seq("{", lines($, choice($.item, alias($._group_field, $.field))), "}"),
    _group_field: ($) => seq(field("key", choice($._key, word($, ...ITEMS))), $._field_rest),
    component_item: ($) => seq("component", field("name", $.identifier), ":", field("kind", $.path), optional(field("body", $.block))),
    flow_item: ($) =>
      seq(field("from", $.paths), repeat1(seq(field("arrow", choice("->", "<->")), field("to", $.paths))), optional(seq(":", field("protocol", $.path))), optional(field("body", $.block))),
    paths: ($) => comma1($.path),
    path: ($) => seq($.identifier, repeat(seq(".", $.identifier))),
    scale_item: ($) => seq("scale", $._targeted),
    autoscale_item: ($) => seq("autoscale", $._targeted),
    backup_item: ($) => seq("backup", $._targeted),
    _targeted: ($) => seq(field("targets", $.paths), field("body", $.block)),
    profile_item: ($) => seq("profile", field("name", $.identifier), optional(seq("extends", field("extends", $.identifier))), field("body", $.block)),
    alert_item: ($) => seq("alert", field("name", $.identifier), optional(seq("on", field("on", $.path))), field("body", $.block)),
    view_item: ($) => seq("view", field("name", $.identifier), optional(field("title", $.string)), field("body", $.block)),
    assert_item: ($) => seq("assert", $._assertion),
    _assertion: ($) => prec.right(seq(field("condition", $.expression), optional(seq(",", field("message", $.string))))),
    test_item: ($) => seq("test", field("name", $.string), field("body", $.test_body)),
    test_body: ($) => seq("{", lines($, choice(alias($._assert_member, $.assert_member), $.entry, alias($._test_field, $.field))), "}"),
    _assert_member: ($) => seq("assert", $._assertion),
    _test_field: ($) => seq(field("key", word($, "assert")), $._field_rest),
    // the compiler wants a reason, but not the grammar
    waive_item: ($) =>
      prec.right(
        seq("waive", field("code", $.path), optional(seq("on", field("on", alias($._waived, $.paths)))), optional(seq("until", field("until", $.date))), optional(seq(",", field("reason", $.string)))),
      ),
    _waived: ($) => seq($.path, repeat(seq(",", $.path))),
    patch_item: ($) => seq("patch", field("kind", $.identifier), "/", field("name", $.identifier), optional(seq("in", field("namespace", $.identifier))), field("body", $.block)),
    object_item: ($) => seq("object", field("body", $.block)),

    // ── members of kinds ───────────────────────────────────────────────────────────────────────────────
    member: ($) =>
      choice(
        $.let_member,
        $.param_member,
        $.port_member,
        $.accepts_member,
        $.emits_member,
        $.turns_member,
        $.file_member,
        $.alert_member,
        $.dashboard_member,
        alias($._assert_member, $.assert_member),
        $.spread,
        $.for_entry,
        $.field,
        alias($._member_field, $.field),
      ),
    let_member: ($) => seq("let", $._let),
    param_member: ($) => seq("param", $._parameter),
    port_member: ($) => seq("port", field("name", $.identifier), ":", field("number", $.expression), optional(field("purpose", $.string))),
    accepts_member: ($) => seq("accepts", $._protocol_uses, optional(seq("on", field("port", $.identifier))), optional(field("options", $.block))),
    emits_member: ($) => seq("emits", $._protocol_uses),
    _protocol_uses: ($) => comma1($.protocol_use),
    protocol_use: ($) => seq(field("protocol", $.path), optional($.signals)),
    signals: ($) => seq("(", lines($, $.identifier), ")"),
    turns_member: ($) =>
      seq("turns", field("from", $.names), "into", field("into", $.names), optional(seq("by", field("by", $.identifier))), optional(seq("if", field("condition", $.expression)))),
    names: ($) => comma1($.identifier),
    file_member: ($) => seq("file", field("path", $.expression), ":", field("content", $.expression)),
    alert_member: ($) => seq("alert", field("name", $.identifier), field("body", $.block)),
    dashboard_member: ($) => seq("dashboard", field("title", $.string), field("body", $.block)),
    _member_field: ($) => seq(field("key", word($, ...MEMBERS)), $._field_rest),

    // ── entries and values ─────────────────────────────────────────────────────────────────────────────
    block: ($) => seq("{", lines($, $.entry), "}"),
    entry: ($) => choice($.spread, $.for_entry, $.field),
    spread: ($) => seq("...", $.expression),
    for_entry: ($) => seq($._for_head, ":", $.entry),
    _for_head: ($) => seq("for", $._in),
    _in: ($) => seq(field("names", $.names), "in", field("in", $.expression), optional(seq("if", field("condition", $.expression)))),
    field: ($) => seq(field("key", choice($._key, word($, "for"))), $._field_rest),
    _field_rest: ($) => seq(repeat(seq(".", field("key", $._key))), ":", field("value", $.expression)),
    _key: ($) => choice($.identifier, $.string, $.computed_key),
    computed_key: ($) => seq("(", $.expression, ")"),

    // names come through here too: `identifier` is one of the choices
    expression: ($) => choice($.if_expression, $.match_expression, $.quantified_expression, $._binary),
    if_expression: ($) =>
      prec.right(
        seq("if", field("condition", $.expression), ":", field("consequence", $._element), optional(seq("else", optional(":"), field("alternative", $._element)))),
      ),
    _element: ($) => choice($.expression, $.spread, $.for_element),
    for_element: ($) => seq($._for_head, ":", field("body", $._element)),
    match_expression: ($) => seq("match", field("value", $.expression), field("arms", $.arms)),
    arms: ($) => seq("{", lines($, $.arm), "}"),
    arm: ($) => seq(field("pattern", $._pattern), ":", field("value", $.expression)),
    _pattern: ($) => choice($.any_pattern, $.number, $.string, $.constant, $.variant_pattern),
    any_pattern: (_) => "_",
    variant_pattern: ($) => seq(field("name", $.identifier), optional(seq("(", lines($, field("field", $.identifier)), ")"))),
    quantified_expression: ($) => seq(field("quantifier", choice("all", "any")), $._in, ":", field("body", $.expression)),

    _binary: ($) => choice($.binary_expression, $.range_expression, $._unary),
    binary_expression: ($) =>
      choice(
        ...OPERATORS.flatMap((operators, level) =>
          operators
            .filter((operator) => operator !== "..")
            .map((operator) => prec.left(level + 1, seq(field("left", $._binary), field("operator", operator), field("right", $._binary)))),
        ),
      ),
    // either end may be open: `1s..`
    range_expression: ($) =>
      choice(
        prec.left(RANGE, seq(field("from", $._binary), "..", field("to", $._binary))),
        prec.left(RANGE, seq(field("from", $._binary), "..")),
        prec.left(RANGE, seq("..", field("to", $._binary))),
      ),
    _unary: ($) => choice($.unary_expression, $._postfix),
    unary_expression: ($) => prec(UNARY, seq(field("operator", choice("not", "-")), field("operand", $._unary))),
    _postfix: ($) =>
      choice(
        $.field_access,
        $.index,
        $.call,
        $.date,
        $.number,
        $.tagged_string,
        $.string,
        $.constant,
        $.list,
        $.block,
        $.group,
        $.identifier,
        // words that mean something only before a name
        word($, "all", "any"),
      ),
    field_access: ($) => seq(field("of", $._postfix), ".", field("name", $.identifier)),
    index: ($) => seq(field("of", $._postfix), "[", field("index", $.expression), "]"),
    call: ($) => seq(field("function", $._postfix), field("arguments", $.arguments)),
    arguments: ($) => seq("(", lines($, choice($.argument, $.expression)), ")"),
    argument: ($) => seq(field("name", choice($.identifier, word($, "if", "match", "all", "any", "not"))), ":", field("value", $.expression)),
    group: ($) => seq("(", $.expression, ")"),
    list: ($) => seq("[", lines($, $._element), "]"),
    constant: (_) => choice("true", "false", "none"),

    // ── types ──────────────────────────────────────────────────────────────────────────────────────────
    _type: ($) => choice($.type, $.union_type),
    union_type: ($) => choice(seq("|", $.type, repeat(seq("|", $.type))), seq($.type, repeat1(seq("|", $.type)))),
    type: ($) => choice($.optional_type, $.named_type, $.list_type, $.record_type, $.variant_type, $.literal_type),
    optional_type: ($) => seq(choice($.named_type, $.list_type, $.record_type, $.variant_type, $.literal_type), "?"),
    named_type: ($) => seq(field("name", $.path), optional($.refinement)),
    refinement: ($) => seq("(", choice($.regex, $.expression), ")"),
    list_type: ($) => seq("[", $._type, "]"),
    record_type: ($) => seq("{", lines($, $.parameter), "}"),
    variant_type: ($) => seq(field("name", $.identifier), field("fields", $.record_type)),
    literal_type: ($) => $.string,

    // ── tokens ─────────────────────────────────────────────────────────────────────────────────────────
    // the tag stands right before its string
    tagged_string: ($) => seq(field("tag", $.identifier), alias($._string_behind, $.string)),
    _string_behind: ($) =>
      choice(seq(alias(token.immediate(prec(1, '"')), '"'), $._line_content), seq(alias(token.immediate(prec(1, '"""')), '"""'), $._block_content)),
    string: ($) => choice(seq('"', $._line_content), seq('"""', $._block_content)),
    _line_content: ($) =>
      seq(repeat(choice(alias($._line_text, $.string_content), alias($._dollar, $.string_content), $.escape, $.interpolation)), alias(token.immediate('"'), '"')),
    _block_content: ($) =>
      seq(
        repeat(choice(alias($._block_text, $.string_content), alias($._dollar, $.string_content), alias($._quote, $.string_content), $.escape, $.interpolation)),
        alias(token.immediate('"""'), '"""'),
      ),
    _line_text: (_) => token.immediate(prec(1, /[^"\\$\r\n]+/)),
    _block_text: (_) => token.immediate(prec(1, /[^"\\$]+/)),
    _dollar: (_) => token.immediate("$"),
    _quote: (_) => token.immediate(/""?/),
    escape: (_) => token.immediate(/\\(u\{[0-9a-fA-F]*\}|[^\r\n])?/),
    interpolation: ($) => seq(token.immediate("${"), $.expression, "}"),
    regex: (_) => token(prec(1, /\/(\\.|[^\/\r\n\\])+\//)),
    number: (_) => /[0-9][0-9_]*(\.[0-9]+)?(%|[kKMG]?\/s|[A-Za-z][A-Za-z0-9]*)?/,
    date: (_) => token(prec(1, /[0-9]{4}-[0-9]{2}-[0-9]{2}/)),
    identifier: (_) => /[A-Za-z_](-*[A-Za-z0-9_])*/,

    comment: (_) => token(prec(0, /\/\/[^\r\n]*/)),
    doc_comment: (_) => token(prec(1, /\/\/\/[^\r\n]*/)),
    file_comment: (_) => token(prec(1, /\/\/![^\r\n]*/)),
  },
});
