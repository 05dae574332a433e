// Colours by the TextMate grammar against the compiler's tokens: `textmate.cjs GRAMMAR TOKENS`, where TOKENS is JSON:
// [{name, text, tokens: [[start, end, class]]}], in UTF-16 units. Says what differs, and fails then.

const fs = require("node:fs");
const path = require("node:path");
const oniguruma = require("vscode-oniguruma");
const { INITIAL, Registry, parseRawGrammar } = require("vscode-textmate");

const [, , grammarPath, tokensPath] = process.argv;

/** What a token is to the reader, by its innermost scope that says so. */
function classOf(scopes) {
  for (const scope of [...scopes].reverse()) {
    if (/^(keyword\.(declaration|control|other\.obs|operator\.word)|constant\.language)/.test(scope)) return "keyword";
    if (scope.startsWith("comment.")) return "comment";
    if (/^(constant\.numeric|keyword\.other\.unit)/.test(scope)) return "number";
    if (scope.startsWith("keyword.operator")) return "operator";
    if (scope === "meta.interpolation.obs" || /^punctuation\.section/.test(scope)) return undefined;
    if (/^(string\.|constant\.character\.escape)/.test(scope)) return "string";
    if (/^(variable|entity|support)\./.test(scope)) return "name";
  }
  return undefined;
}

(async () => {
  await oniguruma.loadWASM(fs.readFileSync(path.join(path.dirname(require.resolve("vscode-oniguruma")), "onig.wasm")).buffer);
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => parseRawGrammar(fs.readFileSync(grammarPath, "utf8"), grammarPath),
  });
  const grammar = await registry.loadGrammar("source.obs");
  let wrong = 0;
  for (const { name, text, tokens } of JSON.parse(fs.readFileSync(tokensPath, "utf8"))) {
    const theirs = new Array(text.length).fill(undefined);
    let state = INITIAL;
    let start = 0;
    for (const line of text.split("\n")) {
      const found = grammar.tokenizeLine(line, state);
      for (const { startIndex, endIndex, scopes } of found.tokens) {
        theirs.fill(classOf(scopes), start + startIndex, start + Math.min(endIndex, line.length));
      }
      state = found.ruleStack;
      start += line.length + 1;
    }
    const ours = new Array(text.length).fill(undefined);
    tokens.forEach(([from, to, of]) => ours.fill(of, from, to));
    // a name is a name by whatever scope; marks that aren't operators everywhere, and names of no meaning, aren't told
    const same = (at) =>
      ours[at] === theirs[at] ||
      /\s/.test(text[at]) ||
      (ours[at] === undefined && ["operator", "name"].includes(theirs[at])) ||
      (ours[at] === "name" && theirs[at] === undefined);
    const at = [...text].length === 0 ? -1 : ours.findIndex((_, i) => !same(i));
    if (at >= 0) {
      wrong += 1;
      const line = text.slice(0, at).split("\n").length;
      const rest = text.slice(text.lastIndexOf("\n", at - 1) + 1).split("\n")[0];
      console.error(`${name}:${line}: \`${text.slice(at, at + 12).split("\n")[0]}\` is ${ours[at]}, here ${theirs[at]}: ${rest}`);
    }
  }
  process.exit(wrong > 0 ? 1 : 0);
})();
