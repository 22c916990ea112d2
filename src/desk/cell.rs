//! Cells of tables that people open in a spreadsheet.

use crate::domain::is_unseen;
use crate::text;

/// A cell that no spreadsheet reads as a formula.
pub fn guarded(cell: &str) -> String {
    // Control codes and invisible letters are removed first: a spreadsheet looks behind them, and so does a terminal.
    let cell = text::clean(cell);
    // Where a semicolon or a bar separates cells, what stands behind one begins a cell of its own.
    cell.split_inclusive([';', '|']).map(plain).collect()
}

fn plain(part: &str) -> String {
    let skipped = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '"' | '\'') || is_unseen(letter);
    let first = part.trim_start_matches(skipped);
    let sign = first.starts_with(['=', '+', '@', '＝', '＋', '＠', '－', '﹦', '﹢', '﹫', '﹣']);
    let formula = sign || (first.starts_with('-') && part.trim_end_matches([';', '|']).parse::<f64>().is_err());
    if formula { format!("'{part}") } else { part.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::desk::cell::guarded;

    #[test]
    fn no_cell_is_a_formula() {
        let check = |cell: &str, expect: &str| assert_eq!(guarded(cell), expect);
        check("=1+1", "'=1+1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("-x", "'-x");
        check("\t=1+1", "' =1+1");
        check("  =1+1", "'  =1+1");
        check("\u{200b}=1+1", "'=1+1");
        check("\u{2060}=1+1", "'=1+1");
        check("\u{ad}@x", "'@x");
        check("＝1+1", "'＝1+1");
        check("－x", "'－x");
        check(";=1 22", ";'=1 22");
        check("a; =cmd()", "a;' =cmd()");
        check("-5.20;-x", "-5.20;'-x");
        check("a;\"=cmd()\";b", "a;'\"=cmd()\";b");
        check("a|=1|b", "a|'=1|b");
        check("\u{600}﹦1", "'\u{600}﹦1");
        check("-5.20", "-5.20");
        check("Ngozi Eze", "Ngozi Eze");
    }
}
