//! Themes: what each kind of thing on the screen looks like. Shipped ones in assets/themes, others beside the person's
//! configuration.

use std::path::Path;
use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The kinds of things that have a look of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Paint {
    /// Everything, before anything else.
    Base,
    /// Less important.
    Dim,
    /// A heading.
    Title,
    /// A heading of where the keys go.
    Focus,
    /// A key to press.
    Key,
    /// The selected line where the keys go.
    Selected,
    /// The selected line elsewhere.
    Chosen,
    /// As it should be.
    Good,
    /// Worth a look.
    Warn,
    /// Wrong, or refused.
    Bad,
    /// It changed just now.
    Changed,
    /// It is marked.
    Marked,
    /// Real money: the name of a production environment.
    Alarm,
}

/// The styles of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme([Style; Paint::VARIANTS.len()]);

/// A theme with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// How it is asked for.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// The styles.
    pub theme: Theme,
}

const SHIPPED: [(&str, &str); 6] = [
    ("ansi", include_str!("../../assets/themes/ansi.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("mono", include_str!("../../assets/themes/mono.toml")),
    ("high-contrast", include_str!("../../assets/themes/high-contrast.toml")),
    ("deuteranopia", include_str!("../../assets/themes/deuteranopia.toml")),
    ("tritanopia", include_str!("../../assets/themes/tritanopia.toml")),
];

impl Theme {
    /// No style at all: for measuring.
    pub const NONE: Self = Self([Style::new(); Paint::VARIANTS.len()]);

    /// The style of a kind of thing.
    pub const fn style(&self, paint: Paint) -> Style {
        self.0[paint as usize]
    }

    /// The same without a colour. No foreground is set at all: a terminal library would turn it into a reset of everything.
    pub fn without_colour(self) -> Self {
        Self(self.0.map(|style| Style { fg: None, bg: None, ..style }))
    }
}

/// Reads `bold underlined 51 on 16`: modifiers, a colour by its name, number or `#rrggbb`, and one after `on`.
fn style(text: &str) -> Result<Style, String> {
    let (mut style, mut behind) = (Style::new(), false);
    for word in text.split_whitespace() {
        let modifier = match word {
            "bold" => Some(Modifier::BOLD),
            "dim" => Some(Modifier::DIM),
            "italic" => Some(Modifier::ITALIC),
            "underlined" => Some(Modifier::UNDERLINED),
            "reversed" => Some(Modifier::REVERSED),
            _ => None,
        };
        if let Some(modifier) = modifier {
            style = style.add_modifier(modifier);
        } else if word == "on" {
            behind = true;
        } else {
            let colour = Color::from_str(word)
                .map_err(|_| format!("{word:?} is no colour and none of bold, dim, italic, underlined, reversed"))?;
            style = if behind { style.bg(colour) } else { style.fg(colour) };
            behind = false;
        }
    }
    Ok(style)
}

/// Reads a theme. What it does not say is as in the default theme.
pub fn read(name: &str, text: &str) -> Result<Named, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let mut theme = if name == SHIPPED[0].0 { Theme::NONE } else { read(SHIPPED[0].0, SHIPPED[0].1)?.theme };
    let about = table.get("about").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    if let Some(other) = table.keys().find(|key| !["about", "styles"].contains(&key.as_str())) {
        return Err(format!("{other:?} is neither about nor styles"));
    }
    for (key, value) in table.get("styles").and_then(toml::Value::as_table).into_iter().flatten() {
        let names = || Paint::VARIANTS.iter().map(|paint| paint.into()).collect::<Vec<&str>>().join(", ");
        let paint: Paint = key.parse().map_err(|_| format!("{key:?} is none of {}", names()))?;
        let text = value.as_str().ok_or_else(|| format!("{key} is not text"))?;
        theme.0[paint as usize] = style(text).map_err(|fault| format!("{key}: {fault}"))?;
    }
    Ok(Named { name: name.to_owned(), about, theme })
}

/// The themes that come with the program, the default first.
pub fn shipped() -> Vec<Named> {
    SHIPPED.iter().filter_map(|(name, text)| read(name, text).ok()).collect()
}

/// All themes: the shipped ones, and those in a folder, which may replace them. A broken one is named with what is wrong.
pub fn all(folder: Option<&Path>) -> Result<Vec<Named>, String> {
    let mut themes = shipped();
    let files = folder.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut paths: Vec<_> = files.map(|file| file.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "toml")) {
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        let said = |fault: String| format!("{}: {fault}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| said(error.to_string()))?;
        let theme = read(name, &text).map_err(said)?;
        themes.retain(|known| known.name != theme.name);
        themes.push(theme);
    }
    Ok(themes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_themes_are_read_and_say_everything() {
        let themes = shipped();
        assert_eq!(themes.len(), SHIPPED.len());
        for (name, text) in SHIPPED {
            let theme = read(name, text).unwrap();
            assert!(!theme.about.is_empty(), "{name}");
            for paint in Paint::VARIANTS {
                let said: &str = paint.into();
                assert!(text.contains(&format!("\n{said} = ")), "{name} says nothing of {said}");
            }
        }
    }

    #[test]
    fn styles_are_read() {
        let check = |text, expect: Style| assert_eq!(style(text), Ok(expect), "{text}");
        check("", Style::new());
        check("bold cyan", Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD));
        check("16 on 226", Style::new().fg(Color::Indexed(16)).bg(Color::Indexed(226)));
        check("on #102030", Style::new().bg(Color::Rgb(0x10, 0x20, 0x30)));
        assert!(style("blod").is_err());
        assert!(read("mine", "[styles]\nwrong = \"red\"").is_err());
    }

    /// The six levels of a channel in the terminal's colour cube.
    fn rgb(colour: Color) -> Option<[f64; 3]> {
        let level = |step: u8| if step == 0 { 0.0 } else { f64::from(55 + 40 * step) };
        match colour {
            Color::Indexed(at @ 16..=231) => Some([(at - 16) / 36, (at - 16) / 6 % 6, (at - 16) % 6].map(level)),
            Color::Indexed(at @ 232..) => Some([f64::from(8 + 10 * (at - 232)); 3]),
            _ => None,
        }
    }

    /// Contrast as WCAG 2 has it: 4.5 is readable, 3 for bold and large.
    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let light = |colour: [f64; 3]| {
            let linear = colour.map(|part| {
                let part = part / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        };
        let (one, other) = (light(one), light(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Whatever colour a theme names itself can be read on the backgrounds it is made for.
    #[test]
    fn themes_can_be_read() {
        let (dark, light) = ([29.0, 31.0, 33.0], [255.0; 3]);
        let grounds = |name: &str| match name {
            "light" => vec![(light, 4.5)],
            "high-contrast" => Vec::new(),
            _ => vec![(dark, 3.0), (light, 3.0)],
        };
        for theme in shipped() {
            for paint in Paint::VARIANTS {
                let style = theme.theme.style(*paint);
                let Some(front) = style.fg.and_then(rgb) else { continue };
                match style.bg.and_then(rgb) {
                    Some(back) => assert!(contrast(front, back) >= 4.5, "{} {paint:?}", theme.name),
                    None => grounds(&theme.name).iter().for_each(|(ground, least)| {
                        let contrast = contrast(front, *ground);
                        assert!(contrast >= *least, "{} {paint:?}: {contrast:.1} on {ground:?}", theme.name);
                    }),
                }
            }
        }
    }
}
