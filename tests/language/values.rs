//! Values and types: what is read, what is computed, what is refused.

use crate::support::{all_true, fails, holds};

#[test]
fn numbers_mean_what_is_expected() {
    all_true(
        "let wait: duration = 500m\nlet power: cpu = 500m\nlet two: cpu = 2\nlet half: float = 1\nlet plain: bytes = 1024",
        &[
            "wait == 500m and wait.hours == 8 and wait.minutes == 500",
            "power.millis == 500 and two.millis == 2000 and two.cores == 2.0",
            "half == 1.0 and half / 2 == 0.5",
            "plain == 1Ki",
            "1h30m == 90m and 1d == 24h and 1w == 7d and 500ms * 2 == 1s",
            "1Gi.mib == 1024 and 1Gi > 1G and 1.5Gi == 1536Mi",
            "70%.fraction == 0.7 and 10k/s.per_second == 10000.0",
            "1_000 == 1000 and 0.5 < 1 and -3 + 5 == 2 and - 3 < 0",
        ],
    );
    for (text, covers, says) in [
        ("let a: duration = 5Gi", "5Gi", "expected `duration`"),
        ("let a: bytes = 5m", "5m", "sizes in bytes are written like"),
        ("let a = 5m", "5m", "what `5m` means is open here"),
        ("let a = 5x", "5x", "what `5x` means is open here"),
        ("let a: int = 5d", "5d", "expected `int`"),
        ("let a: duration = 5", "5", "duration"),
        ("let a: bytes = 0.3", "0.3", "bytes"),
    ] {
        let code = if says.starts_with("expected `int") { "OBS2101" } else { "OBS2103" };
        fails(text, &[(code, covers, says)]);
    }
}

#[test]
fn quantities_compute() {
    all_true(
        "",
        &[
            "1h + 30m == 90m and 2h - 30m == 90m",
            "10Gi * 3 == 30Gi and 3 * 10Gi == 30Gi and 10Gi / 4 == 2560Mi",
            "10Gi / 5Gi == 2.0 and 50% * 10Gi == 5Gi",
            "min(1h, 2h) == 1h and max(3, 4) == 4 and sum([1h, 2h]) == 3h",
            "7 / 2 == 3 and 7.0 / 2 == 3.5 and 2 + 3 * 4 == 14 and (2 + 3) * 4 == 20",
            "floor(2.5) == 2 and ceil(2.5) == 3 and int(\"12\") == 12 and float(1) == 1.0",
        ],
    );
    fails("let a = 1h + 1Gi", &[("OBS2103", "1Gi", "expected `duration`")]);
    fails("let x = 1h\nlet y = 1Gi\nlet a = x + y", &[("OBS2101", "x + y", "has no meaning")]);
    fails("let a = \"x\" + 1", &[("OBS2101", "\"x\" + 1", "write \"… ${value} …\"")]);
    fails("let n = 0\nassert 1 / n == 1", &[("OBS2116", "1 / n", "zero")]);
    fails("assert 9223372036854775807 + 1 == 1", &[("OBS2116", "9223372036854775807 + 1", "")]);
}

#[test]
fn text_has_forms() {
    holds(
        "let a: host = \"a.example.com\"\nlet b: path = \"/etc/x\"\nlet c: url = \"https://example.com/x\"\nlet d: cron = \"*/5 0 * * 1-5\"
let e: image = \"quay.io/a/b:v1\"\nlet f: version = 3.11\nlet g: version = \"v3.14.0-rc1\"\nlet h: date = 2027-01-31\nlet i: port = 443",
    );
    for (ty, value) in [
        ("host", "\"not a host\""),
        ("path", "\"etc/x\""),
        ("url", "\"example\""),
        ("cron", "\"0 25 * * *\""),
        ("image", "\"UPPER:1\""),
        ("date", "\"31.1.2027\""),
        ("port", "70000"),
        ("date", "2027-02-30"),
    ] {
        fails(&format!("let a: {ty} = {value}"), &[("OBS2108", value, "")]);
    }
    all_true("let v: version = \"v3.12.1\"", &["v >= 3.11 and v < 3.13 and v > 3.12"]);
}

#[test]
fn strings_interpolate_and_strip_their_indent() {
    all_true(
        "let who = \"you\"\nlet text = \"\"\"\n  first ${who}\n    second\n\n  third \\\"${1 + 1}\\\"\n  \"\"\"",
        &[
            "\"hello ${who}\" == \"hello you\"",
            "text == \"first you\\n  second\\n\\nthird \\\"2\\\"\"",
            "\"a\\tb\\u{e9}\\$x\" == \"a\tbé\\$x\"",
            "\"${\"nested ${who}\"}\" == \"nested you\"",
            "\"${15d} ${50Gi} ${0.5} ${true} ${70%}\" == \"15d 50Gi 0.5 true 70%\"",
            "len(\"héllo\") == 5 and upper(\"a\") == \"A\" and trim(\" a \") == \"a\" and \"b\" in \"abc\"",
            "split(\"a,b\", \",\") == [\"a\", \"b\"] and join([\"a\", \"b\"], \"-\") == \"a-b\" and replace(\"aa\", \"a\", \"b\") == \"bb\"",
            "starts_with(\"abc\", \"a\") and ends_with(\"abc\", \"c\") and quote(\"a\\\"b\") == \"\\\"a\\\\\\\"b\\\"\"",
        ],
    );
    fails("let a = \"${nobody}\"", &[("OBS2102", "nobody", "nothing here is called")]);
    fails("let a = \"${[1]}\"", &[("OBS2101", "[1]", "can't be written as text")]);
    fails("let a = \"\\q\"", &[("OBS0007", "\\q", "")]);
    fails("let a = \"open\nlet b = 1", &[("OBS0007", "\"open", "never closed")]);
}

#[test]
fn refinements_are_checked_where_values_are_known() {
    holds(
        "let a: int(1..10) = 10\nlet b: duration(1h..) = 1h\nlet c: string(/[a-z]+\\/x/) = \"abc/x\"\nlet d: bytes(..1Gi) = 1Gi",
    );
    for (text, covers, says) in [
        ("let a: int(1..10) = 11", "11", "1 to 10"),
        ("let b: duration(1h..) = 59m", "59m", "at least 1h"),
        ("let c: string(/[a-z]+/) = \"ABC\"", "\"ABC\"", "[a-z]+"),
        ("let d: bytes(..1Gi) = 2Gi", "2Gi", "at most 1Gi"),
        ("fn f(n: int(1..3)): int(1..3) = n * 2\nassert f(2) == 4", "n * 2", "1 to 3"),
    ] {
        fails(text, &[("OBS2108", covers, says)]);
    }
    fails("let a: bool(1..2) = true", &[("OBS2105", "1..2", "can't be refined")]);
    fails("let a: string(/[/) = \"\"", &[("OBS2114", "/[/", "no regular expression")]);
    fails("type Small = int(1..3)\nlet a: Small = 4", &[("OBS2108", "4", "1 to 3")]);
}

#[test]
fn words_and_unions() {
    let types = "type Color = \"red\" | \"green\"\ntype Keep = duration | \"forever\"\n";
    holds(&format!(
        "{types}let a: Color = red\nlet b: Color = \"green\"\nlet c: Keep = forever\nlet d: Keep = 5m\nlet e: Keep? = none"
    ));
    fails(&format!("{types}let a: Color = rod"), &[("OBS2101", "rod", "did you mean `red`?")]);
    fails(&format!("{types}let a: Color = \"blue\""), &[("OBS2101", "\"blue\"", "found `blue`")]);
    fails(&format!("{types}let a: Keep = 5Gi"), &[("OBS2101", "5Gi", "expected")]);
}

#[test]
fn tagged_unions_are_made_and_taken_apart() {
    let types = "type Shelf = Open | Closed { size: bytes, lid: string? = none, deep: int = 2 }\n";
    all_true(
        &format!(
            "{types}let a: Shelf = open\nlet b: Shelf = closed(5Gi)\nlet c: Shelf = closed(size: 1Gi, lid: \"oak\")\nlet d: Shelf = closed(1Gi, deep: 3)
fn size(s: Shelf): bytes = match s {{ open: 0, closed(size): size }}
fn say(s: Shelf): string = match s {{
  open: \"open\"
  closed(size, lid, deep): \"${{size}} ${{lid ?? \"-\"}} ${{deep}}\"
}}"
        ),
        &[
            "size(a) == 0 and size(b) == 5Gi",
            "say(a) == \"open\" and say(b) == \"5Gi - 2\" and say(c) == \"1Gi oak 2\" and say(d) == \"1Gi - 3\"",
        ],
    );
    fails(&format!("{types}let a: Shelf = closed"), &[("OBS2110", "closed", "lacks `size`")]);
    fails(&format!("{types}let a: Shelf = clsd(1Gi)"), &[("OBS2102", "clsd", "")]);
    fails(&format!("{types}let a: Shelf = opn"), &[("OBS2101", "opn", "did you mean `open`?")]);
    fails(&format!("{types}let a: Shelf = closed(1Gi, lidd: \"x\")"), &[("OBS2110", "lidd", "did you mean `lid`?")]);
    fails(
        &format!("{types}fn f(s: Shelf): int = match s {{ open: 1 }}"),
        &[("OBS2113", "match s { open: 1 }", "leaves out `closed`")],
    );
    fails(
        &format!("{types}fn f(s: Shelf): int = match s {{ open: 1, clsed(a): 2, _: 3 }}"),
        &[("OBS2113", "clsed", "did you mean `closed`?")],
    );
}

#[test]
fn records_are_closed_and_maps_are_open() {
    let types = "type Oven = { heat: int(1..300), name?: string, fan: bool = true }\n";
    all_true(
        &format!(
            "{types}let a: Oven = {{ heat: 200 }}\nlet b: Oven = {{ ...a, heat: 100, name: \"b\" }}\nlet m: {{string: int}} = {{ x: 1, \"y z\": 2 }}"
        ),
        &[
            "a.heat == 200 and a.fan and a.name == none",
            "b.heat == 100 and (b.name ?? \"\") == \"b\"",
            "m.x == 1 and m[\"y z\"] == 2 and keys(m) == [\"x\", \"y z\"] and values(m) == [1, 2] and \"x\" in m",
            "len(m) == 2 and merge({ a: 1, b: { c: 1, d: [1] } }, { b: { d: [2] } }) == { a: 1, b: { c: 1, d: [2] } }",
        ],
    );
    for (text, expected) in [
        ("let a: Oven = { heat: 1, nam: \"x\" }", ("OBS2106", "nam", "did you mean `name`?")),
        ("let a: Oven = { }", ("OBS2107", "{ }", "lacks `heat`")),
        ("let a: Oven = { heat: 400 }", ("OBS2108", "400", "1 to 300")),
        ("let a: Oven = { heat: 1, heat: 2 }", ("OBS2111", "heat", "set twice")),
        ("let a: Oven = { heat: 1 }\nlet b = a.haet", ("OBS2106", "haet", "did you mean `heat`?")),
        ("let a: Oven = { for x in [1]: (\"heat\"): x, heat: 1 }", ("OBS2101", "[1]", "fixed fields")),
        ("let a: { b: { heat: int } } = { b.haet: 1 }", ("OBS2106", "haet", "did you mean `heat`?")),
        ("let m: {string: int} = { a: \"x\" }", ("OBS2101", "\"x\"", "expected `int`")),
        ("let m: {string: int} = { a: 1, a: 2 }", ("OBS2111", "a", "set twice")),
    ] {
        fails(&format!("{types}{text}"), &[expected]);
    }
}

#[test]
fn lists_maps_and_comprehensions() {
    all_true(
        "let xs = [3, 1, 2]\nlet m: {string: int} = { a: 1, b: 2 }\nlet maybe: [int]? = none",
        &[
            "[for x in xs if x > 1: x * 2] == [6, 4]",
            "[for i, x in xs: i + x] == [3, 2, 4]",
            "[for k, v in m: \"${k}${v}\"] == [\"a1\", \"b2\"] and [for k in m: k] == [\"a\", \"b\"]",
            "{ for k, v in m if v > 1: (upper(k)): v } == { B: 2 }",
            "[1, if true: 2, if false: 3, ...xs, for x in xs: for y in [x]: y] == [1, 2, 3, 1, 2, 3, 1, 2]",
            "sort(xs) == [1, 2, 3] and reverse(xs) == [2, 1, 3] and unique([1, 1, 2]) == [1, 2] and flatten([[1], [2, 3]]) == [1, 2, 3]",
            "range(3) == [0, 1, 2] and [for i in 1..3: i] == [1, 2, 3] and 2 in 1..3 and not (4 in 1..3)",
            "xs[0] == 3 and len(xs) == 3 and contains(xs, 2) and 1 in xs",
            "len([...maybe]) == 0 and { ...{ a: 1 }, b: 2 } == { a: 1, b: 2 }",
            "(if len(xs) > 2: \"many\" else \"few\") == \"many\"",
        ],
    );
    fails("let a = [for x in 5: x]", &[("OBS2101", "5", "`for` walks lists, maps and ranges")]);
    fails("let a: [int] = [1, \"x\"]", &[("OBS2101", "\"x\"", "expected `int`")]);
    fails("let a: int = if true: 1", &[("OBS2101", "if true: 1", "has no `else`")]);
    fails("assert [1][3] == 1", &[("OBS2116", "[1][3]", "there is no element 3")]);
    fails("assert range(20000) == []", &[("OBS2116", "range(20000)", "0 to 10000")]);
}

#[test]
fn optionals_must_be_opened() {
    all_true("let a: int? = none\nlet b: int? = 3", &["(a ?? 7) == 7 and (b ?? 7) == 3 and a == none and b != none"]);
    fails("let a: int? = none\nlet b: int = a", &[("OBS2101", "a", "`?? …`")]);
    fails("type R = { x: int }\nlet a: R? = none\nlet b = a.x", &[("OBS2101", "x", "may be none")]);
}

#[test]
fn match_is_complete_and_reached() {
    all_true(
        "fn f(n: int): string = match n { 1: \"one\", 2: \"two\", _: \"many\" }\nfn g(b: bool): int = match b { true: 1, false: 0 }",
        &["f(1) == \"one\" and f(9) == \"many\" and g(false) == 0"],
    );
    fails("fn f(n: int): int = match n { 1: 1 }", &[("OBS2113", "match n { 1: 1 }", "everything else")]);
    fails("fn f(n: int): int = match n { _: 1, 2: 2 }", &[("OBS2113", "2: 2", "never reached")]);
    fails("fn f(b: bool): int = match b { true: 1 }", &[("OBS2113", "match b { true: 1 }", "`false`")]);
    fails("fn f(n: int): int = match n { 1: 1, 1: 2, _: 3 }", &[("OBS2113", "1: 2", "never reached")]);
    fails("fn f(n: bool): int = match n { true: 1, true: 2, false: 3 }", &[("OBS2113", "true: 2", "never reached")]);
}

#[test]
fn functions_take_arguments_by_place_and_name() {
    let f = "fn f(a: int, b: int = 2, c: string = \"c\"): string = \"${a}${b}${c}\"\nfn twice(n: int) = n * 2\n";
    all_true(
        f,
        &[
            "f(1) == \"12c\" and f(1, 3) == \"13c\" and f(1, c: \"x\") == \"12x\" and f(b: 5, a: 4) == \"45c\" and twice(2) == 4",
        ],
    );
    for (call, expected) in [
        ("f()", ("OBS2110", "f()", "lacks `a`")),
        ("f(1, d: 2)", ("OBS2110", "d", "has no parameter `d`")),
        ("f(1, bee: 2)", ("OBS2110", "bee", "has no parameter `bee`")),
        ("f(1, a: 2)", ("OBS2110", "2", "given twice")),
        ("f(1, 2, \"c\", 4)", ("OBS2110", "4", "no more than 3 arguments")),
        ("f(\"x\")", ("OBS2101", "\"x\"", "expected `int`")),
        ("twic(2)", ("OBS2102", "twic", "did you mean `twice`?")),
        ("len()", ("OBS2110", "len()", "takes 1 argument (of)")),
        ("len(of: [1])", ("OBS2110", "of", "by place")),
        ("f", ("OBS2102", "f", "call it: `f(…)`")),
    ] {
        fails(&format!("{f}let x = {call}"), &[expected]);
    }
}

#[test]
fn nothing_is_defined_through_itself() {
    fails(
        "let a = b\nlet b = a",
        &[("OBS2112", "let a = b", "through itself"), ("OBS2112", "let b = a", "through itself")],
    );
    fails("fn f(n: int): int = f(n)", &[("OBS2112", "fn f(n: int): int = f(n)", "through itself")]);
    fails("fn f(n: int = f(1)): int = n", &[("OBS2112", "fn f(n: int = f(1)): int = n", "through itself")]);
    fails("type A = [A]", &[("OBS2112", "type A = [A]", "through itself")]);
    // what is called through a value it uses
    fails(
        "let a = f(1)\nfn f(n: int): int = n + a",
        &[("OBS2112", "let a = f(1)", ""), ("OBS2112", "fn f(n: int): int = n + a", "")],
    );
}

#[test]
fn evaluation_always_ends() {
    let deep = "assert any i in range(10000): any j in range(10000): i + j < 0";
    fails(deep, &[("OBS2116", "range(10000)", "steps")]);
}

#[test]
fn embedded_languages_are_parsed() {
    holds(
        "let a = promql\"sum by (job) (rate(x[5m]))\"\nlet n = \"job\"\nlet b = promql\"rate(x{j=\\\"${n}\\\"}[5m]) > ${1 + 1}\"\nlet c = re\"[a-z]+\"",
    );
    fails("let a = promql\"sum by (\"", &[("OBS2114", "sum by (", "this is no promql")]);
    fails("let a = re\"[\"", &[("OBS2114", "[", "this is no re")]);
    fails("let a = promq\"up\"", &[("OBS2114", "promq", "did you mean `promql`?")]);
}

#[test]
fn one_mistake_is_one_message() {
    fails("let a = nobody\nlet b = a + 1\nlet c = \"${b}\"\nassert c == b and a", &[("OBS2102", "nobody", "")]);
}
