// @ts-check
// The language server's process, and what is asked of it.

const path = require("node:path");
const { ViewColumn, commands, window, workspace } = require("vscode");
const { LanguageClient, State } = require("vscode-languageclient/node");

/** How long an answer is waited for that another edit made stale. */
const AGAIN_MS = 150;
/** The protocol's `ContentModified`. */
const CONTENT_MODIFIED = -32801;

/** The program that serves, and `obs` itself: the setting may name either. */
function programs() {
  const set = workspace.getConfiguration("obs").get("server.path", "").trim();
  const command = set.length > 0 ? set : "obs";
  const { dir, name, ext } = path.parse(command);
  if (name === "obs-lsp") {
    return { command, args: [], obs: dir.length > 0 ? path.join(dir, `obs${ext}`) : "obs" };
  }
  return { command, args: ["lsp"], obs: command };
}

/** Says that the editor carries out the commands that lenses name. */
const lenses = {
  /** @param {any} capabilities */
  fillClientCapabilities(capabilities) {
    capabilities.experimental = { ...capabilities.experimental, obsCommands: true };
  },
  initialize() {},
  getState: () => ({ kind: /** @type {"static"} */ ("static") }),
  clear() {},
};

class Server {
  /** @type {LanguageClient | undefined} */
  #client;
  #status;

  /** @param {import("./status").Status} status */
  constructor(status) {
    this.#status = status;
  }

  async start() {
    const { command, args } = programs();
    const { delay, codeLenses, inlayHints } = workspace.getConfiguration("obs");
    const client = new LanguageClient("obs", "obs", { command, args }, {
      documentSelector: [
        { scheme: "file", language: "obs" },
        { scheme: "untitled", language: "obs" },
      ],
      initializationOptions: { delay, codeLenses, inlayHints },
      synchronize: { configurationSection: "obs" },
    });
    client.registerFeature(lenses);
    // that it doesn't start is told below, with what can be done
    const { error } = client;
    client.error = (message, data, show) => error.call(client, message, data, show === "force" ? false : show);
    client.onDidChangeState(({ newState }) => {
      if (this.#client !== client) {
        return;
      }
      if (newState === State.Running) {
        this.#status.running(client.initializeResult?.serverInfo?.version);
      } else if (newState === State.Starting) {
        this.#status.starting();
      } else {
        this.#status.stopped("the server has stopped");
      }
    });
    this.#client = client;
    this.#status.starting();
    try {
      await client.start();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#status.stopped(why);
      void this.#failed([command, ...args].join(" "), why);
    }
  }

  /**
   * @param {string} command
   * @param {string} why
   */
  async #failed(command, why) {
    const [settings, log] = ["Open the setting", "Show the log"];
    const chosen = await window.showErrorMessage(`obs: \`${command}\` doesn't start: ${why}`, settings, log);
    if (chosen === settings) {
      await commands.executeCommand("workbench.action.openSettings", "obs.server.path");
    } else if (chosen === log) {
      this.showLog();
    }
  }

  async stop() {
    const client = this.#client;
    this.#client = undefined;
    // a client whose server never started has nothing to stop
    await client?.dispose().catch(() => {});
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  showLog() {
    this.#client?.outputChannel.show();
  }

  /** Whether requests are answered. */
  get isRunning() {
    return this.#client?.state === State.Running;
  }

  /**
   * Asks the server; `undefined` while there is none, and for what it refuses.
   * @param {string} method
   * @param {any} params
   * @returns {Promise<any>}
   */
  async ask(method, params) {
    for (let more = 5; this.#client !== undefined && this.isRunning; more -= 1) {
      try {
        return await this.#client.sendRequest(method, params);
      } catch (error) {
        if (/** @type {any} */ (error)?.code !== CONTENT_MODIFIED || more === 0) {
          this.#client?.outputChannel.appendLine(`${method}: ${error}`);
          return undefined;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
    return undefined;
  }

  /**
   * What the server calls a document.
   * @param {import("vscode").Uri} uri
   */
  document(uri) {
    return { uri: this.#client?.code2ProtocolConverter.asUri(uri) ?? uri.toString() };
  }

  /**
   * A place that the server named.
   * @param {{ uri: string, range: any }} location
   */
  async location(location) {
    const converted = await this.#client?.protocol2CodeConverter.asLocation(location);
    return converted ?? undefined;
  }

  /**
   * Shows a place where its document is shown already, else beside what leads there.
   * @param {import("vscode").Location} place
   */
  async reveal({ uri, range }) {
    const shown = window.visibleTextEditors;
    const same = shown.find(({ document }) => document.uri.toString() === uri.toString());
    const program = shown.find(({ document }) => document.languageId === "obs");
    const viewColumn = (same ?? program)?.viewColumn ?? ViewColumn.One;
    await window.showTextDocument(uri, { viewColumn, selection: range });
  }

  /**
   * Where a component is declared.
   * @param {string} name
   */
  async component(name) {
    // `SymbolKind.Object` of the protocol
    const found = await this.ask("workspace/symbol", { query: name });
    const exact = (found ?? []).filter((/** @type {any} */ symbol) => symbol.name === name);
    const symbol = exact.find((/** @type {any} */ one) => one.kind === 19) ?? exact[0];
    return symbol === undefined ? undefined : this.location(symbol.location);
  }
}

module.exports = { Server, programs };
