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
        Some(kind) => Kind { mime: kind.mime_type(), facts: String::new() },
        None => Kind { mime: "application/octet-stream", facts: String::new() },
    }
}

/// The content as text, if it is text.
pub fn text(content: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(content).ok()?;
    let is_text = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t');
    (!text.is_empty() && text.trim_start_matches('\u{feff}').chars().all(is_text)).then_some(text)
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
    }

    #[test]
    fn names_are_names() {
        let check = |path: &str, expect: &str| assert_eq!(name(std::path::Path::new(path)), expect);
        check("/tmp/photo one.jpg", "photo one.jpg");
        check("..", "file");
        check(&format!("{}.png", "x".repeat(300)), &"x".repeat(200));
    }
}
