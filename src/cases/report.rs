//! A report as lines for people and as one table for other programs.

use chrono::{Datelike, NaiveDate, TimeDelta};

use crate::cases::Policy;
use crate::domain::{Currency, Money};
use crate::records::Zone;
use crate::records::report::{Behind, Common, Report};
use crate::text;

/// How many lines of captures and refunds people get.
const DAYS: usize = 60;

/// A number as a bar, relative to the largest of its kind.
fn bar(value: i64, most: i64) -> String {
    "█".repeat(usize::try_from(value * 20 / most.max(1)).unwrap_or(0).max(usize::from(value > 0)))
}

fn span(seconds: f64) -> String {
    text::span(TimeDelta::seconds(seconds as i64))
}

fn money(digits: &str, currency: &str) -> String {
    let known = digits.parse().ok().zip(Currency::parse(currency).ok());
    known.map_or_else(|| format!("{currency} {digits}"), |(minor, currency)| Money::new(minor, currency).to_string())
}

/// A part of a whole in percent.
fn rate(part: i64, whole: i64) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}

/// What is behind a line: by what its cases are found. `None` for lines without cases.
pub type Lead = Option<(Common, String)>;

/// The report as lines for people.
pub fn lines(report: &Report, policy: &Policy, zone: Zone) -> Vec<String> {
    leading(report, policy, zone).into_iter().map(|(line, _)| line).collect()
}

/// The report as lines for people, each with what is behind it.
pub fn leading(report: &Report, policy: &Policy, zone: Zone) -> Vec<(String, Lead)> {
    let plain = |lines: Vec<String>| lines.into_iter().map(|line| (line, None));
    let mut all: Vec<(String, Lead)> = plain(flow(report, zone)).collect();
    all.extend(weeks(report));
    all.extend(plain(times(report)));
    all.extend(outcomes(report, policy));
    all.extend(people(report));
    all.extend(plain(moved(report)));
    all
}

/// The weeks of the report: what was new, decided and closed in each, as bars.
fn weeks(report: &Report) -> Vec<(String, Lead)> {
    let mut weeks: Vec<(NaiveDate, [i64; 3])> = Vec::new();
    for it in &report.days {
        let first = it.day - TimeDelta::days(i64::from(it.day.weekday().num_days_from_monday()));
        match weeks.last_mut() {
            Some((week, sums)) if *week == first => {
                *sums = [sums[0] + it.came, sums[1] + it.decided, sums[2] + it.closed];
            }
            _ => weeks.push((first, [it.came, it.decided, it.closed])),
        }
    }
    let most = weeks.iter().flat_map(|(_, sums)| *sums).max().unwrap_or(0);
    let mut lines = vec![
        (String::new(), None),
        ("Week          new                            decided                        closed".to_owned(), None),
    ];
    for (week, sums) in weeks {
        let bars = sums.map(|count| text::left(&format!("{} {}", bar(count, most), text::grouped(count)), 30));
        lines.push((
            format!("{week}    {}", bars.join(" ")).trim_end().to_owned(),
            Some((Common::Week, week.to_string())),
        ));
    }
    lines
}

/// A case behind a line, in words.
pub fn behind(case: &Behind, policy: &Policy) -> String {
    let money = |minor: i64| money(&minor.to_string(), &case.currency);
    let id = case.order_id.split_once(':').map_or(case.order_id.as_str(), |(_, id)| id);
    let reason = case.reason.as_deref().map_or("no reason", |code| policy.title(code));
    let head = format!("{id}, {}, {}: {reason}", money(case.amount), case.opened_at.format("%Y-%m-%d"));
    match (case.basis, case.to_seller, case.to_buyer) {
        (Some(basis), Some(seller), Some(buyer)) => {
            format!("{head}, {basis}: seller {}, buyer {}", money(seller), money(buyer))
        }
        _ => format!("{head}, {}", case.stage),
    }
}

/// The totals, and the flow by day.
fn flow(report: &Report, zone: Zone) -> Vec<String> {
    let moment = |at| zone.show(at, "%Y-%m-%d %H:%M");
    let totals = &report.totals;
    let mut lines = vec![
        format!("{} to {}, {zone}", moment(report.from), moment(report.to)),
        String::new(),
        format!(
            "open {}   new {}   reopened {} ({})   escalated {}   overdue {}",
            text::grouped(totals.backlog),
            text::grouped(totals.came),
            text::grouped(totals.reopened),
            rate(totals.reopened, totals.came),
            text::grouped(totals.escalated),
            text::grouped(totals.overdue)
        ),
        format!(
            "payouts {}   failed or came back {} ({})",
            text::grouped(totals.payouts),
            text::grouped(totals.failed),
            rate(totals.failed, totals.payouts)
        ),
        String::new(),
    ];
    type Count = fn(&crate::records::report::Day) -> i64;
    let rows: [(&str, Count); 3] = [("new", |it| it.came), ("decided", |it| it.decided), ("closed", |it| it.closed)];
    for (name, of) in rows {
        let values: Vec<i64> = report.days.iter().map(of).collect();
        let shown = &values[values.len().saturating_sub(60)..];
        lines.push(format!(
            "{} {}  {}",
            text::left(name, 8),
            text::bars(shown, &text::BARS),
            text::grouped(values.iter().sum())
        ));
    }
    lines
}

/// How long things took.
fn times(report: &Report) -> Vec<String> {
    let mut lines = vec![String::new(), "Time                      median     90%   times".to_owned()];
    for took in &report.times {
        let name = took.status.replace('_', " ");
        let name = if took.status.starts_with("disp") { format!("in {name}") } else { format!("to {name}") };
        lines.push(format!(
            "{} {:>8} {:>8}  {:>6}",
            text::left(&name, 22),
            span(took.median),
            span(took.ninetieth),
            text::grouped(took.times)
        ));
    }
    lines
}

/// What was decided, by reason.
fn outcomes(report: &Report, policy: &Policy) -> Vec<(String, Lead)> {
    let mut lines: Vec<(String, Lead)> = vec![(String::new(), None), ("Outcomes by reason".to_owned(), None)];
    let most = report.outcomes.iter().map(|it| it.cases).max().unwrap_or(0);
    for it in &report.outcomes {
        let reason = if it.reason.is_empty() { "no reason" } else { policy.title(&it.reason) };
        let basis = if it.basis == "settled" { "" } else { &it.basis };
        let what = format!("{} {} {basis}", it.currency, it.outcome.replace('_', " "));
        let (seller, buyer) = (money(&it.to_seller, &it.currency), money(&it.to_buyer, &it.currency));
        let words = format!(
            "{} {} {:>6} {}  seller {seller}, buyer {buyer}",
            text::left(&text::clean(reason), 18),
            text::left(what.trim(), 26),
            text::grouped(it.cases),
            text::left(&bar(it.cases, most), 20)
        );
        lines.push((words, Some((Common::Reason, it.reason.clone()))));
    }
    lines
}

/// The part of the report about Tamara, newest day first.
fn moved(report: &Report) -> Vec<String> {
    let title = "Tamara                                             captured              refunded";
    let mut lines = vec![String::new(), title.to_owned()];
    for it in report.money.iter().rev().take(DAYS) {
        let name = if it.merchant.is_empty() { "none".to_owned() } else { text::clean(&it.merchant) };
        lines.push(format!(
            "{}  {} {} {:>14} {:>5} {:>15} {:>5}",
            it.day,
            text::left(&name, 24),
            it.currency,
            it.captured,
            text::grouped(it.captures),
            it.refunded,
            text::grouped(it.refunds)
        ));
    }
    if report.money.len() > DAYS {
        lines.push(format!("{} more lines: recourse report --csv has all", report.money.len() - DAYS));
    }
    lines
}

/// The parts of the report about agents and merchants.
fn people(report: &Report) -> Vec<(String, Lead)> {
    let title = |words: &str| [(String::new(), None), (words.to_owned(), None)];
    let mut lines: Vec<(String, Lead)> = title("Agents                    decided  by two   median").to_vec();
    let most = report.agents.iter().map(|it| it.decided).max().unwrap_or(0);
    for it in &report.agents {
        let words = format!(
            "{} {:>8} {:>7} {:>8}  {}",
            text::left(&text::clean(&it.agent), 24),
            text::grouped(it.decided),
            text::grouped(it.approved_by_others),
            span(it.median),
            bar(it.decided, most)
        );
        lines.push((words, Some((Common::Agent, it.agent.clone()))));
    }
    lines.extend(title("Merchants                   cases decided refunded   split"));
    let most = report.merchants.iter().map(|it| it.cases).max().unwrap_or(0);
    for it in &report.merchants {
        let name = if it.merchant.is_empty() { "none".to_owned() } else { text::clean(&it.merchant) };
        let counts = [it.cases, it.decided, it.refunded, it.split].map(|count| format!("{:>8}", text::grouped(count)));
        let words = format!("{} {}  {}", text::left(&name, 24), counts.concat(), bar(it.cases, most));
        lines.push((words, Some((Common::Merchant, it.merchant.clone()))));
    }
    lines
}

/// The report as one table for other programs. Columns: section, item, figure, value.
pub fn rows(report: &Report) -> Vec<[String; 4]> {
    let mut rows = Vec::new();
    let mut row = |table: &str, of: &str, figure: &str, value: String| {
        rows.push([table.to_owned(), of.to_owned(), figure.to_owned(), value]);
    };
    let totals = &report.totals;
    let counts = [
        ("backlog", totals.backlog),
        ("came", totals.came),
        ("reopened", totals.reopened),
        ("escalated", totals.escalated),
        ("overdue", totals.overdue),
        ("payouts", totals.payouts),
        ("failed_payouts", totals.failed),
    ];
    counts.iter().for_each(|(figure, count)| row("totals", "", figure, count.to_string()));
    for it in &report.days {
        let counts = [("came", it.came), ("decided", it.decided), ("closed", it.closed)];
        counts.iter().for_each(|(figure, count)| row("day", &it.day.to_string(), figure, count.to_string()));
    }
    for it in &report.times {
        row("time", &it.status, "times", it.times.to_string());
        row("time", &it.status, "median_seconds", format!("{:.0}", it.median));
        row("time", &it.status, "ninetieth_seconds", format!("{:.0}", it.ninetieth));
    }
    for it in &report.outcomes {
        let of = [it.reason.as_str(), &it.basis, &it.outcome, &it.currency].join("/");
        row("outcome", &of, "cases", it.cases.to_string());
        row("outcome", &of, "to_seller_minor", it.to_seller.clone());
        row("outcome", &of, "to_buyer_minor", it.to_buyer.clone());
    }
    for it in &report.agents {
        row("agent", &it.agent, "decided", it.decided.to_string());
        row("agent", &it.agent, "approved_by_others", it.approved_by_others.to_string());
        row("agent", &it.agent, "median_seconds", format!("{:.0}", it.median));
    }
    for it in &report.merchants {
        let counts = [("cases", it.cases), ("decided", it.decided), ("refunded", it.refunded), ("split", it.split)];
        counts.iter().for_each(|(figure, count)| row("merchant", &it.merchant, figure, count.to_string()));
    }
    for it in &report.money {
        let of = [it.day.to_string().as_str(), &it.merchant, it.currency].join("/");
        row("tamara", &of, "captured", it.captured.clone());
        row("tamara", &of, "captures", it.captures.to_string());
        row("tamara", &of, "refunded", it.refunded.clone());
        row("tamara", &of, "refunds", it.refunds.to_string());
    }
    rows
}
