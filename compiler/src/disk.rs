//! From disk to what the compiler knows of files. With the command `obs`, the only part that touches the disk.

use crate::db::FileText;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Larger sources are not read: nobody writes them by hand.
const LIMIT: u64 = 16 << 20;

/// Files that mark the root of a project.
const ROOT_MARKS: &[&str] = &["obs.toml", ".git"];

/// The root of a file's project: the nearest folder around it with a mark, else its own. `file` is canonical.
pub fn project_root(file: &Path) -> PathBuf {
    let folder = file.parent().unwrap_or(file);
    let marked = folder.ancestors().find(|a| is_marked(a));
    marked.unwrap_or(folder).to_path_buf()
}

/// What is at `path`, unless links lead it out of `root`, which is canonical.
pub fn read_within(root: &Path, path: &Path) -> FileText {
    match path.canonicalize() {
        Ok(real) if !real.starts_with(root) => FileText::OutsideRoot,
        Ok(real) => read(&real),
        Err(e) if e.kind() == ErrorKind::NotFound => FileText::Missing,
        Err(e) => FileText::Unreadable(reason(&e)),
    }
}

/// One file's text, as the compiler wants to know of it.
pub fn read(path: &Path) -> FileText {
    // asked before it is opened: a pipe waits for a writer, and a device could go on for ever
    let opened = std::fs::metadata(path).and_then(|meta| match meta.is_file() {
        true => Ok((File::open(path)?, meta.len())),
        false => Err(io::Error::other("it is not a regular file")),
    });
    match opened {
        Ok((_, bytes)) if bytes > LIMIT => FileText::TooLarge { bytes },
        Ok((file, _)) => read_text(file),
        Err(e) if e.kind() == ErrorKind::NotFound => FileText::Missing,
        Err(e) => FileText::Unreadable(reason(&e)),
    }
}

/// What a reader gives, up to the limit of sources.
pub fn read_text(from: impl Read) -> FileText {
    let mut bytes = Vec::new();
    // one byte more than the limit tells that it was reached
    match from.take(LIMIT + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > LIMIT => FileText::TooLarge { bytes: bytes.len() as u64 },
        Ok(_) => match String::from_utf8(bytes) {
            Ok(text) => FileText::Text(text.into()),
            Err(e) => not_utf8(e.as_bytes(), e.utf8_error().valid_up_to()),
        },
        Err(e) => FileText::Unreadable(reason(&e)),
    }
}

/// As much behind what can't be read as tells people where they are; what isn't text has long lines.
const BEHIND: usize = 120;

/// Bytes of which so many are text.
fn not_utf8(bytes: &[u8], valid: usize) -> FileText {
    let behind = bytes[valid..].iter().take(BEHIND).take_while(|b| **b != b'\n').count();
    let shown = String::from_utf8_lossy(&bytes[..valid + behind]).into();
    // the limit of sources is far below 4 GiB
    FileText::NotUtf8 { shown, valid_up_to: valid as u32 }
}

/// The `.obs` files below a folder, sorted; hidden folders and symbolic links to folders are left out.
///
/// # Errors
/// Where a folder can't be read.
pub fn sources_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    collect(folder, &mut out)?;
    Ok(out)
}

fn collect(folder: &Path, out: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let path = if folder == Path::new(".") { PathBuf::from(&name) } else { entry.path() };
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&path, out)?;
        } else if path.extension().is_some_and(|e| e == "obs") {
            out.push(path);
        }
    }
    Ok(())
}

/// The `.obs` files of a folder for someone who is waiting: nearer ones first, at most `limit` entries looked at, and
/// what can't be read is left out. With `deep` in folders below it too.
pub fn sources_near(folder: &Path, deep: bool, limit: usize) -> Vec<PathBuf> {
    let (mut out, mut left) = (Vec::new(), limit);
    let mut folders = std::collections::VecDeque::from([folder.to_path_buf()]);
    while let Some(folder) = folders.pop_front() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut entries: Vec<_> = entries.flatten().take(left).collect();
        left -= entries.len();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() && deep {
                folders.push_back(path);
            } else if !kind.is_dir() && path.extension().is_some_and(|e| e == "obs") {
                out.push(path);
            }
        }
    }
    out
}

/// Where a file is, without links. One that isn't there yet still has a folder; failing that, its name must do.
pub fn real(path: &Path) -> PathBuf {
    let in_folder = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(in_folder).unwrap_or_else(|| path.to_path_buf())
}

/// Whether there is a source at a path.
pub fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "obs") && path.is_file()
}

/// Whether a folder has a mark of a project's root.
pub fn is_marked(folder: &Path) -> bool {
    ROOT_MARKS.iter().any(|mark| folder.join(mark).exists())
}

/// The path of a file below a root as the compiler names it: with `/`. Nothing where it isn't below it or isn't UTF-8.
pub fn below(root: &Path, file: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = file.strip_prefix(root).ok()?.iter().map(|p| p.to_str()).collect();
    Some(parts?.join("/"))
}

/// Sees to it that a file holds this text. Readers never see half of it.
///
/// # Errors
/// Where it can't be written.
pub fn provide(file: &Path, text: &str) -> io::Result<()> {
    if std::fs::read(file).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(file);
    std::fs::create_dir_all(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut new, text.as_bytes())?;
    new.persist(file)?;
    Ok(())
}

/// An operating system's error without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
