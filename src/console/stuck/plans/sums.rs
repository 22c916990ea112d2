//! The totals of many rows of a plan, in words.

use ratatui::style::Style;

use crate::console::kit::look::Look;
use crate::domain::Total;
use crate::work::plan::Totals;

fn money(totals: &[Total], look: Look) -> String {
    let sums: Vec<String> = totals.iter().map(ToString::to_string).collect();
    sums.join(&format!(" {} ", look.glyphs.dot))
}

/// The totals of many rows, one line each.
pub fn sums(totals: &Totals, look: Look) -> Vec<(String, Style)> {
    let mut lines = vec![(totals.does(), look.title())];
    let said = [
        (totals.presumed_expired, "of them presumed expired: ask the provider first"),
        (totals.blocked, "of them blocked at the provider: see their causes"),
        (totals.refused, "would be refused"),
        (totals.changed, "have changed since"),
    ];
    lines.extend(
        said.into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| (format!("{count} {words}"), look.warn())),
    );
    let amounts =
        [("authorise", &totals.authorised), ("then capture", &totals.captured), ("then cancel", &totals.canceled)];
    lines.extend(
        amounts
            .into_iter()
            .filter(|(_, amounts)| !amounts.is_empty())
            .map(|(name, amounts)| (format!("{name} {}", money(amounts, look)), Style::new())),
    );
    lines
}
