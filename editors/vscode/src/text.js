// @ts-check
// Answers as plain documents: the graph in a language of pictures, and why something is as it is.

const { execFile } = require("node:child_process");
const path = require("node:path");
const { promisify } = require("node:util");
const { Uri, ViewColumn, window, workspace } = require("vscode");
const { programs } = require("./server");

/** The forms of `obs diagram` that are text. */
const FORMS = [
  { label: "ascii", description: "boxes of characters", language: "plaintext" },
  { label: "mermaid", description: "for Markdown on GitHub and GitLab", language: "mermaid" },
  { label: "dot", description: "for Graphviz", language: "dot" },
  { label: "d2", description: "for D2", language: "d2" },
];

/**
 * @param {string} content
 * @param {string} language
 */
async function beside(content, language) {
  const document = await workspace.openTextDocument({ content, language });
  await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: true, preserveFocus: true });
}

/** Asks for a view and a form, and shows the graph of the program in front so.
 * @param {import("./server").Server} server */
async function showGraph(server) {
  const uri = window.activeTextEditor?.document.uri;
  if (uri === undefined) {
    return;
  }
  const textDocument = server.document(uri);
  const views = (await server.ask("obs/views", { textDocument })) ?? [];
  /** @type {{ label: string, description: string }[]} */
  const named = views.map((/** @type {any} */ { name, title }) => ({ label: title, description: name }));
  const view = await window.showQuickPick(named, { placeHolder: "Which view" });
  if (view === undefined) {
    return;
  }
  const form = await window.showQuickPick(FORMS, { placeHolder: "In which form" });
  if (form === undefined) {
    return;
  }
  const drawn = await server.ask("obs/preview", { textDocument, view: view.description, format: form.label });
  if (drawn) {
    await beside(drawn.text, form.language);
  }
}

/**
 * The source lines behind an object, as `obs why` tells them of the saved text.
 * @param {string | undefined} of
 * @param {string | undefined} object
 */
async function showWhy(of, object) {
  const uri = of === undefined ? window.activeTextEditor?.document.uri : Uri.parse(of);
  const wanted = object ?? (await window.showInputBox({ prompt: "KIND/NAME, or COMPONENT.PARAM" }));
  if (uri === undefined || !wanted) {
    return;
  }
  await workspace.textDocuments.find((document) => document.uri.toString() === uri.toString())?.save();
  const options = { cwd: path.dirname(uri.fsPath) };
  const run = promisify(execFile)(programs().obs, ["--color", "never", "why", uri.fsPath, wanted], options);
  const { stdout, stderr } = await run.catch((error) => ({ stdout: error.stdout ?? "", stderr: error.stderr ?? error.message }));
  await beside(stdout.length > 0 ? stdout : stderr, "plaintext");
}

module.exports = { showGraph, showWhy };
