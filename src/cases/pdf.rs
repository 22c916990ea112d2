//! A letter as a PDF: A4, in one font that covers the letters of names. The same letter gives the same bytes.

use krilla::Document;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::text::{Font, TextDirection};
use ttf_parser::Face;
use unicode_bidi::{BidiInfo, Level};
use unicode_segmentation::UnicodeSegmentation;

use crate::cases::letter::Letter;
use crate::records::Language;
use crate::text::words;

/// The font: DejaVu Sans. Its licence is in the same folder.
const FONT: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans.ttf");
/// The page (A4), its margins, the font size and the line spacing, in points.
const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: (f32, f32) = (71.0, 85.0);
const SIZE: f32 = 10.5;
const LEAD: f32 = 15.0;

/// Why the PDF could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the letter cannot be made into a PDF: {0}")]
pub struct Unprintable(String);

/// The width of a text, in points.
fn width(face: &Face<'_>, text: &str) -> f32 {
    let em = f32::from(face.units_per_em());
    let advance =
        |letter| face.glyph_index(letter).and_then(|glyph| face.glyph_hor_advance(glyph)).map_or(em, f32::from);
    text.chars().map(advance).sum::<f32>() * SIZE / em
}

/// The width of a run with its letters joined, in points.
fn shaped(face: &rustybuzz::Face<'_>, run: &str, right_to_left: bool) -> f32 {
    let mut buffer = rustybuzz::UnicodeBuffer::new();
    buffer.push_str(run);
    let way = if right_to_left { rustybuzz::Direction::RightToLeft } else { rustybuzz::Direction::LeftToRight };
    buffer.set_direction(way);
    buffer.guess_segment_properties();
    let glyphs = rustybuzz::shape(face, &[], buffer);
    let advance: i32 = glyphs.glyph_positions().iter().map(|position| position.x_advance).sum();
    advance as f32 * SIZE / face.units_per_em() as f32
}

/// The parts of a line that have one direction, from left to right, and whether each is written from right to left. The line itself is
/// written as its letter is.
fn runs(line: &str, language: Language) -> Vec<(&str, bool)> {
    let way = match language {
        Language::English => Level::ltr(),
        Language::Arabic => Level::rtl(),
    };
    let order = BidiInfo::new(line, Some(way));
    let parts = order.paragraphs.iter().flat_map(|paragraph| {
        let (levels, runs) = order.visual_runs(paragraph, paragraph.range.clone());
        runs.into_iter().map(move |run| (run.clone(), levels[run.start].is_rtl()))
    });
    parts.map(|(run, right_to_left)| (&line[run], right_to_left)).collect()
}

/// Breaks a paragraph into lines that fit the page.
fn wrapped(face: &Face<'_>, paragraph: &str) -> Vec<String> {
    let room = PAGE.0 - 2.0 * MARGIN.0;
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in words(paragraph) {
        let word = word.as_str();
        if !line.is_empty() && width(face, &line) + width(face, word) > room {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        if line.is_empty() && word.trim().is_empty() {
            continue;
        }
        // A word longer than a line is broken at the end of the line.
        for grapheme in word.graphemes(true) {
            if width(face, &line) + width(face, grapheme) > room {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(grapheme);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// The characters of a letter that its font does not have, each once: the PDF shows boxes for them.
pub fn missing(letter: &Letter) -> Vec<char> {
    let Ok(face) = Face::parse(FONT, 0) else { return Vec::new() };
    let texts = [&letter.date, &letter.subject].into_iter().chain(&letter.paragraphs);
    let mut missing: Vec<char> = Vec::new();
    for letter in texts.flat_map(|text| text.chars()).filter(|letter| !letter.is_control()) {
        if face.glyph_index(letter).is_none() && !missing.contains(&letter) {
            missing.push(letter);
        }
    }
    missing
}

/// The letter as a PDF.
///
/// # Errors
///
/// [`Unprintable`] if the built-in font cannot be read, or the PDF cannot be put together.
pub fn pdf(letter: &Letter) -> Result<Vec<u8>, Unprintable> {
    let head = [letter.date.clone(), String::new(), letter.subject.clone(), String::new()];
    let body = letter.paragraphs.iter().flat_map(|paragraph| [paragraph.clone(), String::new()]);
    paper(&letter.subject, letter.language, &head.into_iter().chain(body).collect::<Vec<_>>())
}

/// Lines of text as a PDF; a line that does not fit is broken.
///
/// # Errors
///
/// As [`pdf`].
pub fn paper(title: &str, language: Language, lines: &[String]) -> Result<Vec<u8>, Unprintable> {
    let broken = |what: &str| Unprintable(what.to_owned());
    let face = Face::parse(FONT, 0).map_err(|error| broken(&error.to_string()))?;
    let shapes = rustybuzz::Face::from_slice(FONT, 0).ok_or_else(|| broken("its font has no shapes"))?;
    let font = Font::new(FONT.to_vec().into(), 0).ok_or_else(|| broken("its font cannot be read"))?;
    let broken_up = |line: &String| if line.is_empty() { vec![String::new()] } else { wrapped(&face, line) };
    let lines: Vec<String> = lines.iter().flat_map(broken_up).collect();
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(title.to_owned()).producer("recourse".to_owned()));
    let fit = ((PAGE.1 - 2.0 * MARGIN.1) / LEAD) as usize;
    for lines in lines.chunks(fit.max(1)) {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| broken("its page has no size"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
            let runs = runs(line, language);
            // A letter that is written from right to left begins at the right margin.
            let mut across = match language {
                Language::English => MARGIN.0,
                Language::Arabic => {
                    PAGE.0 - MARGIN.0 - runs.iter().map(|run| shaped(&shapes, run.0, run.1)).sum::<f32>()
                }
            };
            for (run, right_to_left) in runs {
                let place = Point::from_xy(across, MARGIN.1 + at as f32 * LEAD);
                let way = if right_to_left { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
                surface.draw_text(place, font.clone(), SIZE, run, false, way);
                across += shaped(&shapes, run, right_to_left);
            }
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| broken(&format!("{error:?}")))
}

#[cfg(test)]
mod tests {
    use crate::cases::pdf::*;

    #[test]
    fn what_the_font_lacks_is_named() {
        let check = |name: &str, expect: &str| {
            let paragraphs = vec![format!("Dear {name},"), format!("{name} again.")];
            let letter =
                Letter { language: Language::English, subject: String::new(), date: String::new(), paragraphs };
            assert_eq!(missing(&letter).into_iter().collect::<String>(), expect, "{name}");
        };
        check("日本商店", "日本商店");
        check("Ọlájídé ₦ سارة", "");
        check("Ada 🎉🎉", "🎉");
    }

    #[test]
    fn the_same_letter_is_the_same_bytes() {
        let paragraphs = vec!["Dear Ọlájídé ₦,".to_owned(), "word ".repeat(900), "x".repeat(400)];
        let letter = Letter {
            language: Language::English,
            subject: "Order ATP-1: our decision".to_owned(),
            date: "20 November 2026".to_owned(),
            paragraphs,
        };
        let first = pdf(&letter).unwrap();
        assert!(first.starts_with(b"%PDF-"));
        assert_eq!(first, pdf(&letter).unwrap());
    }

    #[test]
    fn each_direction_is_a_run_of_its_own() {
        let check = |line: &str, expect: &[(&str, bool)]| assert_eq!(runs(line, Language::English), expect, "{line}");
        check("Dear Ada,", &[("Dear Ada,", false)]);
        check("Dear سارة,", &[("Dear ", false), ("سارة", true), (",", false)]);
        // Two words are in the order in which they are read, and a number in them is not turned around.
        check("We: نورة سارة.", &[("We: ", false), ("نورة سارة", true), (".", false)]);
        check("طلب 12 هنا", &[(" هنا", true), ("12", false), ("طلب ", true)]);
        check("", &[]);
        // A letter in Arabic begins at the right: what comes first in it is drawn last.
        let arabic = runs("الطلب ATP-1: قرارنا", Language::Arabic);
        assert_eq!(arabic.first().map(|run| run.1), Some(true));
        assert_eq!(arabic.last(), Some(&("الطلب ", true)));
    }

    #[test]
    fn joined_letters_are_measured_joined() {
        let (face, shapes) = (Face::parse(FONT, 0).unwrap(), rustybuzz::Face::from_slice(FONT, 0).unwrap());
        assert!((shaped(&shapes, "Order", false) - width(&face, "Order")).abs() < 0.5);
        assert!(shaped(&shapes, "سارة", true) > 0.0 && shaped(&shapes, "سارة", true) < width(&face, "سارة"));
    }

    #[test]
    fn lines_fit() {
        let face = Face::parse(FONT, 0).unwrap();
        for paragraph in ["word ".repeat(200), "W".repeat(300), "Ọ ".repeat(200)] {
            let lines = wrapped(&face, &paragraph);
            assert!(lines.len() > 1);
            assert!(lines.iter().all(|line| width(&face, line) <= PAGE.0 - 2.0 * MARGIN.0));
        }
    }
}
