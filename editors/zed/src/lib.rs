//! How Zed starts the language server of `.obs`: `obs lsp`, found on the `PATH`.

use zed_extension_api::{self as zed, LanguageServerId, Result, Worktree, serde_json, settings::LspSettings};

struct Obs;

impl zed::Extension for Obs {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, id: &LanguageServerId, worktree: &Worktree) -> Result<zed::Command> {
        let set = LspSettings::for_worktree(id.as_ref(), worktree).ok().and_then(|settings| settings.binary?.path);
        let found = set.or_else(|| worktree.which("obs"));
        let command = found.ok_or("`obs` is not on the PATH; `lsp.obs.binary.path` of the settings says where it is")?;
        Ok(zed::Command { command, args: vec!["lsp".to_owned()], env: worktree.shell_env() })
    }

    fn language_server_initialization_options(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        Ok(LspSettings::for_worktree(id.as_ref(), worktree).ok().and_then(|settings| settings.initialization_options))
    }
}

zed::register_extension!(Obs);
