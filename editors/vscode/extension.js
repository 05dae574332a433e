// @ts-check
// The client: starts the server, and starts it again when asked to. All that it knows of .obs, the server tells it.

const path = require("node:path");
const { commands, window, workspace } = require("vscode");
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

/** @param {import("vscode").ExtensionContext} context */
async function activate(context) {
  context.subscriptions.push(
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
