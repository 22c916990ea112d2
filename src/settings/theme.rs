//! Themes: the style of each kind of element. Built-in themes are in assets/themes, others next to the user's
//! configuration file.

use std::path::Path;
use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The kinds of elements that have their own style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Paint {
    /// The base style of every cell.
    Base,
    /// Less important.
    Dim,
    /// A heading.
    Title,
    /// A heading of the part that has the focus.
    Focus,
    /// A key to press.
    Key,
    /// The selected line in the part that has the focus.
    Selected,
    /// The selected line in another part.
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

/// The style of each kind of element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme([Style; Paint::VARIANTS.len()]);

/// A theme with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name to select it by.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// The styles.
    pub theme: Theme,
}

/// In place of a theme's name: the default one, or the light one on a light background.
pub const AUTO: &str = "auto";
/// The theme for light backgrounds.
pub const LIGHT: &str = "light";

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

    /// The style of a kind of element.
    pub const fn style(&self, paint: Paint) -> Style {
        self.0[paint as usize]
    }

    /// The same theme without colours. No colour is set at all: the terminal library would write a full reset for one.
    pub fn without_colour(self) -> Self {
        Self(self.0.map(|style| Style { fg: None, bg: None, ..style }))
    }
}

/// Reads a style such as `bold 51 on 16`: modifiers, a colour by name, number or `#rrggbb`, a background after `on`.
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
                .map_err(|_| format!("{word:?} is not a colour, and not bold, dim, italic, underlined or reversed"))?;
            style = if behind { style.bg(colour) } else { style.fg(colour) };
            behind = false;
        }
    }
    Ok(style)
}

/// Reads a theme. Missing styles are those of the default theme.
///
/// # Errors
///
/// A sentence for people if the text is not TOML, has an unknown key or style, or a style that cannot be read.
pub fn read(name: &str, text: &str) -> Result<Named, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let mut theme = if name == SHIPPED[0].0 { Theme::NONE } else { read(SHIPPED[0].0, SHIPPED[0].1)?.theme };
    let about = table.get("about").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    if let Some(other) = table.keys().find(|key| !["about", "styles"].contains(&key.as_str())) {
        return Err(format!("unknown key {other:?}; use about and styles"));
    }
    for (key, value) in table.get("styles").and_then(toml::Value::as_table).into_iter().flatten() {
        let names = || Paint::VARIANTS.iter().map(|paint| paint.into()).collect::<Vec<&str>>().join(", ");
        let paint: Paint = key.parse().map_err(|_| format!("unknown style {key:?}; use one of {}", names()))?;
        let text = value.as_str().ok_or_else(|| format!("{key} is not text"))?;
        theme.0[paint as usize] = style(text).map_err(|fault| format!("{key}: {fault}"))?;
    }
    Ok(Named { name: name.to_owned(), about, theme })
}

/// The built-in themes, the default first.
pub fn shipped() -> Vec<Named> {
    SHIPPED.iter().filter_map(|(name, text)| read(name, text).ok()).collect()
}

/// All themes: the built-in ones and those in a folder, which can replace them. An error names the broken file.
///
/// # Errors
///
/// The path of the first theme that cannot be read, and why. A folder that is not there is no error.
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
    use crate::settings::theme::*;

    #[test]
    fn shipped_themes_are_read_and_say_everything() {
        let themes = shipped();
        assert_eq!(themes.len(), SHIPPED.len());
        for (name, text) in SHIPPED {
            let theme = read(name, text).unwrap();
            assert!(!theme.about.is_empty(), "{name}");
            for paint in Paint::VARIANTS {
                let said: &str = paint.into();
                assert!(text.contains(&format!("\n{said} = ")), "{name} has no {said}");
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

    /// The RGB value of an indexed colour in the terminal's colour cube or grey scale.
    fn rgb(colour: Color) -> Option<[f64; 3]> {
        let level = |step: u8| if step == 0 { 0.0 } else { f64::from(55 + 40 * step) };
        match colour {
            Color::Indexed(at @ 16..=231) => Some([(at - 16) / 36, (at - 16) / 6 % 6, (at - 16) % 6].map(level)),
            Color::Indexed(at @ 232..) => Some([f64::from(8 + 10 * (at - 232)); 3]),
            _ => None,
        }
    }

    /// Contrast ratio by WCAG 2: at least 4.5 is readable, 3 for bold and large text.
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

    /// Every colour of a theme is readable on the backgrounds it is made for.
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
