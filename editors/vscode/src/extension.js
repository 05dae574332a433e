// @ts-check
// What starts when a `.obs` file is opened: the client, and what it is for. All that it knows of .obs, the server tells.

const { Uri, commands, window, workspace } = require("vscode");
const { Emitted } = require("./emitted");
const { Preview } = require("./preview");
const { Server } = require("./server");
const { Status } = require("./status");
const { Tasks } = require("./tasks");
const { showGraph, showWhy } = require("./text");

/** @type {Server | undefined} */
let server;

/** @param {import("vscode").ExtensionContext} context */
async function activate(context) {
  server = new Server(new Status(context.subscriptions));
  const running = server;
  const preview = new Preview(running, context.extensionUri);
  const emitted = new Emitted(running);
  context.subscriptions.push(
    preview,
    emitted,
    commands.registerCommand("obs.preview", (uri) => preview.show(uri)),
    commands.registerCommand("obs.showEmitted", (uri, position, kind) => emitted.show(uri, position, kind)),
    commands.registerCommand("obs.goToSource", () => emitted.goToSource()),
    commands.registerCommand("obs.showGraph", () => showGraph(running)),
    commands.registerCommand("obs.why", (uri, _position, object) => showWhy(uri, object)),
    commands.registerCommand("obs.restart", () => running.restart()),
    commands.registerCommand("obs.showLog", () => running.showLog()),
    commands.registerCommand("obs.newProgram", () => newProgram(context.extensionUri)),
    Tasks.register(),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("obs.server.path")) {
        void running.restart();
      }
    }),
  );
  await running.start();
}

/** A program to start from, not yet saved.
 * @param {import("vscode").Uri} extension */
async function newProgram(extension) {
  const text = await workspace.fs.readFile(Uri.joinPath(extension, "media/program.obs"));
  const content = new TextDecoder().decode(text);
  await window.showTextDocument(await workspace.openTextDocument({ language: "obs", content }));
}

module.exports = { activate, deactivate: () => server?.stop() };
