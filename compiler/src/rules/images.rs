//! OBS5111: an image has a tag or a digest, and not `latest`.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for component in &context.graph().components {
        let Some(link) = component.params.get("image").and_then(|e| e.chain.last()) else { continue };
        let Some(image) = link.value.as_str() else { continue };
        let tag = image.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
        let what = match tag {
            _ if image.contains('@') => continue,
            None => "has no tag",
            Some("latest") => "follows `latest`",
            Some(_) => continue,
        };
        let message = format!("the image of `{}` {what}: what runs changes without a change here", component.name);
        out.push(
            Diagnostic::new(Code::OBS5111, link.span, message)
                .help("name a version, or a digest")
                .about(component.name.clone()),
        );
    }
}
