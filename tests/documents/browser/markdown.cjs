// What hosts make of Markdown files: markdown.cjs FILE...; prints for each file its tables, links, headings and more as JSON.
"use strict";
const fs = require("node:fs");
const GithubSlugger = require("github-slugger");
const MarkdownIt = require("markdown-it");

function read(file) {
  const slugger = new GithubSlugger();
  const tokens = new MarkdownIt({ html: true }).parse(fs.readFileSync(file, "utf8"), {});
  const out = { file, headings: [], levels: [], links: [], images: [], tables: [], fences: [], html: [], texts: [] };
  let row = null;
  for (const [at, token] of tokens.entries()) {
    if (token.type === "heading_open") {
      const words = tokens[at + 1].children.map((t) => (t.type === "text" || t.type === "code_inline" ? t.content : "")).join("");
      out.headings.push(slugger.slug(words));
      out.levels.push(Number(token.tag.slice(1)));
    }
    if (token.type === "table_open") out.tables.push([]);
    if (token.type === "tr_open") row = 0;
    if (token.type === "th_open" || token.type === "td_open") row += 1;
    if (token.type === "tr_close") out.tables.at(-1).push(row);
    if (token.type === "fence") out.fences.push([token.info, token.content]);
    if (token.type === "html_block") out.html.push(token.content.trim());
    for (const child of token.children ?? []) {
      if (child.type === "link_open") out.links.push(child.attrGet("href"));
      if (child.type === "image") out.images.push(child.attrGet("src"));
      if (child.type === "html_inline") out.html.push(child.content);
      if (child.type === "text") out.texts.push(child.content);
    }
  }
  return out;
}

console.log(JSON.stringify(process.argv.slice(2).map(read)));
