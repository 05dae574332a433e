// @ts-check
// The client: starts the server, and starts it again when asked to. All that it knows of .obs, the server tells it.

const path = require("node:path");
const { commands, ViewColumn, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;

/** The command that serves: `obs lsp`, or whatever the setting names. */
function server() {
  const set = workspace.getConfiguration("obs").get("server.path", "").trim();
  const command = set.length > 0 ? set : "obs";
  const name = path.basename(command, path.extname(command));
  return { command, args: name === "obs-lsp" ? [] : ["lsp"] };
}

async function start() {
  const { command, args } = server();
  client = new LanguageClient("obs", "obs", { command, args }, {
    documentSelector: [
      { scheme: "file", language: "obs" },
      { scheme: "untitled", language: "obs" },
    ],
  });
  try {
    await client.start();
  } catch (error) {
    const settings = "Open the setting";
    const message = `obs: \`${[command, ...args].join(" ")}\` doesn't start: ${error instanceof Error ? error.message : error}`;
    const chosen = await window.showErrorMessage(message, settings);
    if (chosen === settings) {
      await commands.executeCommand("workbench.action.openSettings", "obs.server.path");
    }
  }
}

async function stop() {
  const running = client;
  client = undefined;
  // a client whose server never started has nothing to stop
  await running?.stop().catch(() => {});
}

async function restart() {
  await stop();
  await start();
}

/**
 * Asks the server about the editor in front and shows its answer in a document to the side.
 * @param {string} method
 * @param {(answer: any) => { language: string, content: string } | undefined} shown
 */
async function show(method, shown) {
  const editor = window.activeTextEditor;
  if (client === undefined || editor?.document.languageId !== "obs") {
    return;
  }
  const textDocument = client.code2ProtocolConverter.asTextDocumentIdentifier(editor.document);
  const position = client.code2ProtocolConverter.asPosition(editor.selection.active);
  const params = method === "obs/preview" ? { textDocument, format: "ascii" } : { textDocument, position };
  const found = shown(await client.sendRequest(method, params));
  if (found === undefined) {
    await window.showInformationMessage("obs: nothing comes of this, or the program has errors");
    return;
  }
  const document = await workspace.openTextDocument(found);
  await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: true, preserveFocus: true });
}

const preview = () => show("obs/preview", (answer) => answer && { language: "plaintext", content: answer.text });

/** Kubernetes reads comments in YAML as nothing: they say which file is which. */
const emitted = () =>
  show("obs/emitted", (files) =>
    files?.length > 0
      ? {
          language: "yaml",
          content: files.map((/** @type {any} */ file) => `# ${file.path}\n${file.text}`).join("---\n"),
        }
      : undefined,
  );

/** @param {import("vscode").ExtensionContext} context */
async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("obs.preview", preview),
    commands.registerCommand("obs.emitted", emitted),
    commands.registerCommand("obs.restart", restart),
    commands.registerCommand("obs.showLog", () => client?.outputChannel.show()),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("obs.server.path")) {
        void restart();
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
