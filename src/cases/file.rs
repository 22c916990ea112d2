//! Detects what an attached file is, by its content and never by its name.

/// What is known about a file without showing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Its media type.
    pub mime: &'static str,
    /// Its size, like `1200 x 800` or `3 lines`, or empty.
    pub facts: String,
}

/// Detects the type of the content.
pub fn kind(content: &[u8]) -> Kind {
    if let Ok(size) = imagesize::blob_size(content)
        && let Some(kind) = infer::get(content)
        && kind.matcher_type() == infer::MatcherType::Image
    {
        return Kind { mime: kind.mime_type(), facts: format!("{} x {}", size.width, size.height) };
    }
    // Markup counts as text: people read it here, and no program should run it.
    if let Some(text) = text(content) {
        let lines = text.lines().count();
        let facts = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
        return Kind { mime: "text/plain", facts };
    }
    match infer::get(content) {
        Some(kind) if kind.mime_type() == "application/pdf" => Kind { mime: kind.mime_type(), facts: pages(content) },
        Some(kind) => Kind { mime: kind.mime_type(), facts: String::new() },
        None => Kind { mime: "application/octet-stream", facts: String::new() },
    }
}

/// How many pages a PDF says it has; nothing if it says so only in a compressed part.
fn pages(content: &[u8]) -> String {
    let is_page = |at: usize| {
        let rest = content[at + 5..].trim_ascii_start();
        rest.starts_with(b"/Page") && !rest.get(5).is_some_and(u8::is_ascii_alphabetic)
    };
    let types = content.windows(5).enumerate().filter(|(_, word)| *word == b"/Type").map(|(at, _)| at);
    match types.filter(|at| is_page(*at)).count() {
        0 => String::new(),
        1 => "1 page".to_owned(),
        count => format!("{count} pages"),
    }
}

/// The ending of a name for a media type.
pub fn extension(mime: &str) -> &'static str {
    ENDINGS.iter().find(|(_, said)| *said == mime).map_or("bin", |(ending, _)| ending)
}

/// What the ending of a name says of a file.
const ENDINGS: [(&str, &str); 16] = [
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("heic", "image/heif"),
    ("bmp", "image/bmp"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("pdf", "application/pdf"),
    ("zip", "application/zip"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("txt", "text/plain"),
    ("csv", "text/plain"),
    ("html", "text/plain"),
];

/// What is known about a file, and whether its name says something else.
pub fn named(name: &str, content: &[u8]) -> Kind {
    let Kind { mime, facts } = kind(content);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let said = ENDINGS.iter().find(|(known, said)| *known == ending && *said != mime);
    let doubt = said.map(|(ending, _)| format!("although its name ends in .{ending}"));
    let facts = [Some(facts).filter(|facts| !facts.is_empty()), doubt].into_iter().flatten();
    Kind { mime, facts: facts.collect::<Vec<_>>().join(", ") }
}

/// The content as text, if it is text.
pub fn text(content: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(content).ok()?;
    let is_text = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t');
    (!text.is_empty() && text.trim_start_matches('\u{feff}').chars().all(is_text)).then_some(text)
}

/// The path in a text as terminals paste it: in quotes, with escaped blanks, as a URL, or below `~`.
pub fn path(text: &str, home: Option<&std::path::Path>) -> std::path::PathBuf {
    let text = text.trim();
    let quoted = ['\'', '"'].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    let plain = match quoted {
        Some(inside) => inside.to_owned(),
        None => {
            let mut letters = text.chars();
            let mut plain = String::new();
            while let Some(letter) = letters.next() {
                plain.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
            }
            plain
        }
    };
    let plain = plain.strip_prefix("file://").map_or(plain.clone(), |path| path.replace("%20", " "));
    match (plain.strip_prefix('~'), home) {
        (Some(""), Some(home)) => home.to_owned(),
        (Some(rest), Some(home)) if rest.starts_with('/') => home.join(&rest[1..]),
        (_, _) => plain.into(),
    }
}

/// A file's name without its folder and without control characters, at most 200 bytes long.
pub fn name(path: &std::path::Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let kept: String = name.chars().filter(|letter| !letter.is_control() && *letter != '/').collect();
    let mut name = crate::text::clean(&kept);
    while name.len() > 200 {
        name.pop();
    }
    if name.trim().is_empty() { "file".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use crate::cases::file::*;

    #[test]
    fn content_says_what_it_is() {
        let png = [
            &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..],
            &1200u32.to_be_bytes(),
            &800u32.to_be_bytes(),
            &[8, 2, 0, 0, 0, 0, 0, 0, 0],
        ]
        .concat();
        let check = |content: &[u8], mime: &str, facts: &str| {
            let kind = kind(content);
            assert_eq!((kind.mime, kind.facts.as_str()), (mime, facts));
        };
        check(&png, "image/png", "1200 x 800");
        check(b"Left at the gate.\nNo answer.\n", "text/plain", "2 lines");
        check("Ẹ kú ọjọ́".as_bytes(), "text/plain", "1 line");
        check(b"<html><script>alert(1)</script>", "text/plain", "1 line");
        check(b"%PDF-1.7\n\xff\xfe", "application/pdf", "");
        check(b"a\x1b[31mb", "application/octet-stream", "");
        let check = |name: &str, content: &[u8], facts: &str| assert_eq!(named(name, content).facts, facts, "{name}");
        check("a.png", &png, "1200 x 800");
        check("A.JPG", &png, "1200 x 800, although its name ends in .jpg");
        check("photo.jpg", b"no photo", "1 line, although its name ends in .jpg");
        check("a.pdf", b"a\x1b[31mb", "although its name ends in .pdf");
        for name in ["note.txt", "note", "note.md", "no.such"] {
            check(name, b"words", "1 line");
        }
    }

    #[test]
    fn paths_are_read_as_terminals_paste_them() {
        let home = std::path::Path::new("/home/ada");
        let check =
            |text: &str, expect: &str| assert_eq!(path(text, Some(home)), std::path::Path::new(expect), "{text}");
        check("/tmp/a b.jpg", "/tmp/a b.jpg");
        check("'/tmp/a b.jpg' ", "/tmp/a b.jpg");
        check("\"/tmp/it's.jpg\"", "/tmp/it's.jpg");
        check(r"/tmp/a\ b\(1\).jpg", "/tmp/a b(1).jpg");
        check("~/photos/x.png", "/home/ada/photos/x.png");
        check("file:///tmp/a%20b.jpg", "/tmp/a b.jpg");
        check("~ada/x", "~ada/x");
    }

    #[test]
    fn names_are_names() {
        let check = |path: &str, expect: &str| assert_eq!(name(std::path::Path::new(path)), expect);
        check("/tmp/photo one.jpg", "photo one.jpg");
        check("..", "file");
        check(&format!("{}.png", "x".repeat(300)), &"x".repeat(200));
    }
}
