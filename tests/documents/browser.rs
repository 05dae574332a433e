//! `obs diagram --format html` in a real browser.

use crate::programs::{HOSTILE, observability, run, written};
use crate::tools::Browser;
use std::path::{Path, PathBuf};

/// The page of a program, in a folder.
fn page(program: &Path, folder: &Path) -> PathBuf {
    let path = folder.join("page.html");
    run(&["diagram", &program.display().to_string(), "--format", "html", "-o", &path.display().to_string()]);
    path
}

#[test]
fn the_page_works_for_mouse_and_keyboard_without_a_network() {
    let Some(browser) = Browser::find() else { return };
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = page(&observability(), folder.path());
    // a folder to keep screenshots in, to look at
    let shots = std::env::var_os("OBS_SHOTS").map(PathBuf::from);
    let arguments: Vec<&Path> = std::iter::once(path.as_path()).chain(shots.as_deref()).collect();
    browser.run("page.cjs", &arguments);
}

#[test]
fn text_of_the_program_stays_text() {
    let Some(browser) = Browser::find() else { return };
    let (folder, program) = written(HOSTILE);
    let path = page(&program, folder.path());
    let shown = browser.run("text.cjs", &[&path, Path::new("one")]);
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(shown["title"], "Of <b> & | pipes");
    assert_eq!(shown["heading"], "Of <b> & | pipes");
    let panel = shown["panel"].as_str().expect("text");
    assert!(panel.contains("Keeps | pipes, <i>tags</i> and `ticks`."), "{panel}");
    let texts: Vec<&str> = shown["texts"].as_array().expect("a list").iter().filter_map(|t| t.as_str()).collect();
    let title = "A \"quoted\" <script>alert(1)</script> `title` --> %% ]] | 語";
    assert!(texts.contains(&title), "{texts:?}");
    assert!(texts.contains(&"L {x} #1; &amp; *b*"), "{texts:?}");
    assert_eq!((&shown["scripts"], &shown["images"]), (&2.into(), &0.into()), "the data and the page's own");
}

#[test]
fn a_page_holds_no_address_and_each_script_ends_once() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (_own, program) in [(None, observability()), {
        let (own, path) = written(HOSTILE);
        (Some(own), path)
    }] {
        let path = page(&program, folder.path());
        let text = std::fs::read_to_string(&path).expect("it was written");
        assert_eq!(text.matches("</script").count(), 2, "the data's end and the script's");
        for never in ["<link", " src=", "@import", "fetch(", "XMLHttpRequest"] {
            assert!(!text.contains(never), "{never}");
        }
        assert!(text.contains("default-src 'none'"), "the browser refuses what isn't in the page");
    }
}
