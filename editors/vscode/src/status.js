// @ts-check
// How the language server is, where the editor shows what languages have to say.

const { LanguageStatusSeverity, languages } = require("vscode");

class Status {
  #item = languages.createLanguageStatusItem("obs.server", { language: "obs" });

  /** @param {import("vscode").Disposable[]} subscriptions */
  constructor(subscriptions) {
    this.#item.name = "obs";
    subscriptions.push(this.#item);
  }

  starting() {
    this.#item.busy = true;
    this.#item.severity = LanguageStatusSeverity.Information;
    this.#item.text = "obs: starting";
    this.#item.detail = undefined;
    this.#item.command = { title: "Show the log", command: "obs.showLog" };
  }

  /** @param {string | undefined} version */
  running(version) {
    this.#item.busy = false;
    this.#item.severity = LanguageStatusSeverity.Information;
    this.#item.text = version === undefined ? "obs" : `obs ${version}`;
    this.#item.detail = "the language server is running";
    this.#item.command = { title: "Restart", command: "obs.restart" };
  }

  /** @param {string} why */
  stopped(why) {
    this.#item.busy = false;
    this.#item.severity = LanguageStatusSeverity.Error;
    this.#item.text = "obs: no language server";
    this.#item.detail = why;
    this.#item.command = { title: "Restart", command: "obs.restart" };
  }
}

module.exports = { Status };
