//! Preferences that a key changes: the theme, masks, the mouse, how times are shown.

use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::journal::Tone;
use crate::settings::prefs::Times;
use crate::settings::theme;

/// Takes over whether the terminal's background is light, unless the person chose a theme.
pub fn background(app: &mut App, light: bool) {
    let fitting = if light { app.prefs.themes.iter().position(|named| named.name == theme::LIGHT) } else { Some(0) };
    if let Some(at) = fitting.filter(|_| app.prefs.follows) {
        app.prefs.theme = at;
    }
}

/// Changes to the theme at this index.
pub fn set_theme(app: &mut App, at: usize) {
    app.prefs.follows = false;
    app.prefs.theme = at % app.prefs.themes.len().max(1);
    if let Some(theme) = app.prefs.themes.get(app.prefs.theme) {
        let plain = if app.prefs.colour && !app.prefs.plain { "" } else { " (colours are off)" };
        let words = format!("Theme {}: {}{plain}", theme.name, theme.about);
        app.say(Tone::News, words);
    }
}

/// Hides people's names and words, or shows them again.
pub fn mask(app: &mut App) {
    app.prefs.mask = !app.prefs.mask;
    let words = if app.prefs.mask { "People's names and words are hidden." } else { "Names are shown again." };
    app.say(Tone::News, words);
}

/// Turns the mouse on, or leaves it to the terminal.
pub fn mouse(app: &mut App) {
    app.prefs.mouse = !app.prefs.mouse;
    let words = if app.prefs.mouse {
        "The mouse is on: a click selects, the wheel scrolls. m turns it off."
    } else {
        "The mouse is off: the terminal selects text with it again. m turns it on."
    };
    app.say(Tone::News, words);
    app.ask(Effect::Mouse(app.prefs.mouse));
}

/// Switches between ages and exact times.
pub const fn times(app: &mut App) {
    app.prefs.times = match app.prefs.times {
        Times::Relative => Times::Absolute,
        Times::Absolute => Times::Relative,
    };
}
