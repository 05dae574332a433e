//! OBS5111: an image has a tag or a digest, and not `latest`.

use super::Context;
use crate::db;
use crate::diagnostics::{Code, Diagnostic};
use crate::names;
use crate::syntax::ast::{EntryKind, ExprKind, ItemKind, Key, Member, MemberKind, StrPart};
use crate::text::Span;
use smol_str::SmolStr;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for component in &context.graph().components {
        let Some(link) = component.params.get("image").and_then(|e| e.chain.last()) else { continue };
        let Some(image) = link.value.as_str() else { continue };
        let found = floating(image, context.said(component, link.span), &component.name);
        out.extend(found.map(|d| d.about(component.name.clone())));
    }
    for &id in &names::program(context.db, context.entry).files {
        let file = db::file(context.db, id);
        if db::is_library(context.db, file) {
            continue;
        }
        for item in db::ast(context.db, file).items() {
            if let ItemKind::Kind(kind) = &item.kind {
                let images = kind.members.iter().filter_map(written_image);
                out.extend(images.filter_map(|(image, span)| floating(image, span, &kind.name.name)));
            }
        }
    }
}

/// What a kind's `image: "…"` says, where it is plain.
fn written_image(member: &Member) -> Option<(&SmolStr, Span)> {
    let MemberKind::Attribute(entry) = &member.kind else { return None };
    let EntryKind::Field(path, value) = &entry.kind else { return None };
    let ([Key::Name(name)], ExprKind::Str(text)) = (path.as_slice(), &value.kind) else { return None };
    match text.parts.as_slice() {
        [StrPart::Text(image, _)] if name.name == "image" => Some((image, value.span)),
        _ => None,
    }
}

fn floating(image: &str, span: Span, of: &str) -> Option<Diagnostic> {
    let tag = image.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
    let what = match tag {
        _ if image.contains('@') => return None,
        None => "has no tag",
        Some("latest") => "follows `latest`",
        Some(_) => return None,
    };
    let message = format!("the image of `{of}` {what}: what runs changes without a change here");
    Some(Diagnostic::new(Code::OBS5111, span, message).help("name a version, or a digest"))
}
