//! A JSON array as lines, one for each element.

use std::io::{self, Read};

/// Reads the bytes of an array as lines. It looks at brackets and quotes only: whether an element is JSON is for its reader.
#[derive(Debug)]
pub struct Elements<R> {
    input: R,
    begun: bool,
    depth: u32,
    in_text: bool,
    escaped: bool,
}

impl<R: Read> Elements<R> {
    /// The elements of the array that this input has.
    pub const fn of(input: R) -> Self {
        Self { input, begun: false, depth: 0, in_text: false, escaped: false }
    }

    /// What this byte of the array becomes.
    fn turn(&mut self, byte: u8) -> u8 {
        if self.in_text {
            let ends = byte == b'"' && !self.escaped;
            self.escaped = byte == b'\\' && !self.escaped;
            self.in_text = !ends;
            return byte;
        }
        match byte {
            b'"' => self.in_text = true,
            b'[' | b'{' => {
                self.begun = true;
                self.depth += 1;
                if self.depth == 1 {
                    return b'\n';
                }
            }
            b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return b'\n';
                }
            }
            b',' if self.depth == 1 => return b'\n',
            b'\n' | b'\r' => return b' ',
            // A byte order mark.
            0xef | 0xbb | 0xbf if !self.begun => return b' ',
            _ => {}
        }
        byte
    }
}

impl<R: Read> Read for Elements<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        for byte in &mut buffer[..count] {
            *byte = self.turn(*byte);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_lines() {
        let check = |text: &str, expect: &[&str]| {
            let mut lines = String::new();
            Elements::of(text.as_bytes()).read_to_string(&mut lines).unwrap();
            let lines: Vec<&str> = lines.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            assert_eq!(lines, expect, "{text}");
        };
        check("[]", &[]);
        check("\u{feff} [{}] ü", &["{}", "ü"]);
        check("[{\"a\":1},\n {\"a\":[2,3]}]", &["{\"a\":1}", "{\"a\":[2,3]}"]);
        check("[{\n\"a\":\n1}]", &["{ \"a\": 1}"]);
        check(r#"[{"a":"],[\"}{\\"},{"b":"x,y"}]"#, &[r#"{"a":"],[\"}{\\"}"#, r#"{"b":"x,y"}"#]);
        check("[1,\"two\",{\"a\":1}", &["1", "\"two\"", "{\"a\":1}"]);
    }
}
