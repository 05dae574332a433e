//! What the user can set: in `initializationOptions`, or in the section `obs` of the editor's configuration.

use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// The settings. What isn't said stays as it is by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Settings {
    /// Milliseconds without an edit before diagnostics are looked for.
    delay: u16,
    /// Whether lenses are shown above items.
    pub code_lenses: bool,
    /// Whether hints are shown between words.
    pub inlay_hints: bool,
}

impl Default for Settings {
    /// The wait is shorter than a pause between words.
    fn default() -> Self {
        Self { delay: 40, code_lenses: true, inlay_hints: true }
    }
}

impl Settings {
    /// Reads `{"obs": {…}}` or what is in it. Nothing, where it isn't of this form.
    pub fn read(said: &Value) -> Option<Self> {
        let own = said.get("obs").unwrap_or(said);
        if own.is_null() { Some(Self::default()) } else { Self::deserialize(own).ok() }
    }

    /// How long the editor must be quiet before diagnostics are looked for.
    pub fn delay(self) -> Duration {
        Duration::from_millis(u64::from(self.delay))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_said_is_taken_and_the_rest_stays() {
        let read = |said: Value| Settings::read(&said);
        assert_eq!(read(Value::Null), Some(Settings::default()));
        let quick = Settings { delay: 0, ..Settings::default() };
        assert_eq!(read(json!({"delay": 0})), Some(quick));
        assert_eq!(read(json!({"obs": {"delay": 0, "unheardOf": 1}})), Some(quick));
        assert_eq!(read(json!({"delay": "soon"})), None);
    }
}
