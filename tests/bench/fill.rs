//! Books for the benchmarks: many rows at once, past the triggers. A test fills a small one, so that they fit the schema.

use sqlx::AssertSqlSafe;

use super::harness::Book;

async fn run(book: &Book, sql: String) {
    let mut psql = book.psql().await;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut psql).await.unwrap();
    sqlx::raw_sql("vacuum analyze").execute(&mut psql).await.unwrap();
}

/// Inserts orders in three statuses, opened one minute apart. Their logs have only the opening. One merchant has half of them and one has
/// three, forty have the rest; one buyer has one in a hundred.
pub async fn orders(book: &Book, orders: u64) {
    let sql = format!(
        "set session_replication_role = replica;
         insert into orders (id, provider, currency, amount, merchant, buyer, opened_at, status, version, authorised, captured, entered_at, moved_at, due_at)
         select 'tamara:B-' || lpad(i::text, 8, '0'), 'tamara', 'SAR', 30000, case when i % 2 = 0 then 'half' when i in (5, 9, 13) then 'three' else 'm-' || i % 40 end,
           case when i % 100 = 37 then 'Ngozi Regular' else 'buyer ' || i end, opened, status, version,
           case when version > 2 then 30000 else 0 end, case when version = 4 then 30000 else 0 end, opened, opened,
           case version when 2 then opened + interval '72 hours' when 3 then opened + interval '90 days' end
         from (select i, now() - interval '1 minute' * ({orders} - i) as opened,
             (array['approved', 'authorised', 'fully_captured', 'fully_captured'])[1 + i % 4] as status,
             (array[2, 3, 4, 4])[1 + i % 4] as version from generate_series(1, {orders}) i) given;
         insert into transition (id, order_id, seq, law, provider, from_status, action, actor, to_status, total, amount, authorised, canceled, captured,
           refunded, attempt, rejection_pending, due_at, happened_at, recorded_at, source, recorder, login, hash, epoch, xid, state, before, needs_confirmation)
         select feed_number(), id, 1, 1, 'tamara', '', 'open', 'buyer', 'new', amount, amount, 0, 0, 0, 0, 1, false, opened_at + interval '30 minutes', opened_at, now(), 'import', 'bench', 'bench', '', 1,
           pg_current_xact_id(), '', '', false from orders;
         insert into order_word select id, array_to_tsvector(name_words('o', substr(id, length(provider) + 2)) || name_words('m', merchant)
           || name_words('b', buyer) || name_words('s', seller) || phone_words(buyer) || phone_words(seller)) from orders;
         insert into merchant select name, array_to_tsvector(name_words('m', name)) from (select distinct merchant as name from orders) named;
         insert into tally select provider, status, currency, count(*), sum(amount) from orders group by 1, 2, 3;"
    );
    run(book, sql).await;
}

/// Adds its capture to the log of each order that is captured.
pub async fn captured(book: &Book) {
    let sql = "set session_replication_role = replica;
         insert into transition (id, order_id, seq, law, provider, from_status, action, actor, to_status, total, amount, authorised, canceled, captured,
           refunded, attempt, rejection_pending, happened_at, recorded_at, source, recorder, login, hash, epoch, xid, state, before, needs_confirmation)
         select feed_number(), id, 4, 1, 'tamara', 'authorised', 'capture', 'merchant', 'fully_captured', amount, amount, 30000, 0, 30000, 0, 1, false, moved_at, now(),
           'notification', 'bench', 'bench', '', 1, pg_current_xact_id(), '', '', false from orders where status = 'fully_captured'";
    run(book, sql.to_owned()).await;
}

/// Inserts `all` orders of 50 merchants: `stuck` of them at Approved for up to 71 hours, the others fully captured.
pub async fn stuck(book: &Book, stuck: u64, all: u64) {
    let sql = format!(
        "set session_replication_role = replica;
         insert into orders (id, provider, currency, amount, merchant, buyer, opened_at, status, version, authorised, captured, entered_at, moved_at, due_at)
         select 'tamara:W-' || lpad(i::text, 8, '0'), 'tamara', (array['SAR', 'AED', 'KWD'])[1 + i % 3], 30000 + i % 7, 'merchant-' || i % 50,
           'buyer ' || i, at, case when here then 'approved' else 'fully_captured' end, case when here then 2 else 4 end,
           case when here then 0 else 30000 + i % 7 end, case when here then 0 else 30000 + i % 7 end, at, at,
           case when here then at + interval '72 hours' end
         from (select i, i <= {stuck} as here, case when i <= {stuck} then now() - interval '71 hours' * (i::float8 / {stuck})
           else now() - interval '1 minute' * i end as at from generate_series(1, {all}) i) given;
         insert into transition (id, order_id, seq, law, provider, from_status, action, actor, to_status, total, amount, authorised, canceled, captured,
           refunded, attempt, rejection_pending, due_at, happened_at, recorded_at, source, recorder, login, hash, epoch, xid, state, before, needs_confirmation)
         select feed_number(), id, 2, 1, 'tamara', 'new', 'approve', 'provider', 'approved', amount, null, 0, 0, 0, 0, 1, false, due_at, moved_at, now(), 'notification',
           'bench', 'bench', '', 1, pg_current_xact_id(), '', '', false from orders where status = 'approved';
         insert into tally select provider, status, currency, count(*), sum(amount) from orders group by 1, 2, 3;
         insert into watch_sum select 'stuck', hour_of(due_at), merchant, currency, count(*), sum(amount) from orders
           where status = 'approved' group by 1, 2, 3, 4;
         insert into watch_sum select 'arrived', hour_of(entered_at), merchant, currency, count(*), sum(amount) from orders
           where status = 'approved' group by 1, 2, 3, 4;"
    );
    run(book, sql).await;
}

/// Inserts `open` open cases and `over` closed ones, each on an order of its own. Deadlines are two minutes apart.
pub async fn cases(book: &Book, open: u64, over: u64) {
    let all = open + over;
    let rows = "insert into dispute_case (order_id, number, currency, amount, merchant, buyer, seller, opened_at, opened_by, seq, stage, reason, clock, due_at, rank, answered_at, decided_at, closed_at)
         select id, 1, currency, amount, merchant, buyer, seller, opened_at, 'bench', 1, case when status = 'disputed' then 'working' else 'closed' end,
           (array['damaged', 'other', 'wrong_item'])[1 + version % 3], case when status = 'disputed' then 'decision' end,
           case when status = 'disputed' then opened_at + interval '20 days' end, case when status = 'disputed' then micros(opened_at + interval '20 days') else - micros(opened_at) end,
           opened_at + interval '2 hours', case when status <> 'disputed' then opened_at + interval '1 day' end, case when status <> 'disputed' then opened_at + interval '2 days' end
         from orders";
    let (open_ones, over_ones) =
        (format!("{rows} where status = 'disputed'"), format!("{rows} where status = 'completed'"));
    let sql = format!(
        "set session_replication_role = replica;
         insert into orders (id, provider, currency, amount, merchant, buyer, seller, opened_at, status, version, to_seller, to_buyer, outcome, entered_at, moved_at)
         select 'atarapay:B-' || lpad(i::text, 8, '0'), 'atarapay', 'NGN', 100000 + i, 'm-' || i % 40, 'buyer ' || i % 5000, 'seller ' || i % 300, at,
           case when i <= {open} then 'disputed' else 'completed' end, 5, case when i > {open} then 0 end, case when i > {open} then 100000 + i end,
           case when i > {open} then 'refund_buyer' end, at, at
         from (select i, now() - interval '1 day' - interval '2 minutes' * (i % 40000) as at from generate_series(1, {all}) i) given;
         {over_ones};
         -- What is worked on later has its seals.
         alter table dispute_case enable always trigger dispute_case_sealed;
         {open_ones};
         alter table dispute_case enable trigger dispute_case_sealed;
         insert into case_event (order_id, number, seq, what, recorder) select order_id, 1, 1, 'opened', 'bench' from dispute_case where stage = 'working';
         insert into transition (id, order_id, seq, law, provider, from_status, action, actor, to_status, total, authorised, canceled, captured, refunded, attempt,
           rejection_pending, outcome, to_seller, to_buyer, happened_at, recorded_at, source, recorder, login, hash, epoch, xid, state, before, needs_confirmation)
         select feed_number(), id, s.seq, 1, 'atarapay', s.of, s.action, 'seller', s.goal, amount, 0, 0, 0, 0, 1, false, case when s.seq > 3 then 'refund_buyer' end,
           case when s.seq > 3 then 0 end, case when s.seq > 3 then amount end, opened_at + s.after, now(), 'import', 'bench', 'bench', '', 1, pg_current_xact_id(), '', '', false
         from orders, (values (2, 'awaiting_buyer_response', 'report_bad_condition', 'dispute', interval '0'),
             (3, 'dispute', 'raise_dispute', 'disputed', interval '6 hours'), (4, 'disputed', 'settle', 'dispute_resolved', interval '1 day'),
             (5, 'dispute_resolved', 'complete', 'completed', interval '2 days')) s (seq, of, action, goal, after) where status = 'completed' or s.seq < 4;
         insert into decision (order_id, number, transition_seq, basis, currency, total, to_seller, to_buyer, reason, decided_actor, decided_by, decided_login, decided_at)
         select id, 1, 4, 'settled', currency, amount, 0, amount, (array['damaged', 'other', 'wrong_item'])[1 + attempt], 'dispute_manager', 'agent' || amount % 20, 'x', opened_at + interval '1 day'
         from orders where status = 'completed';"
    );
    run(book, sql).await;
}
