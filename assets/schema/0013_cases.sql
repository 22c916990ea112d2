-- Cases of disputes: who has them, what happened, what was said and attached, and their clocks.

set local role recourse_owner;

-- The projection of case_event. An order may have several cases, at most one of them open. The order's own fields are
-- repeated here, so that queues and hints need no join.
create table dispute_case (
  order_id text collate "C" not null constraint dispute_case_order_exists references orders (id),
  number int not null constraint dispute_case_number_from_one check (number >= 1),
  currency text not null,
  amount bigint not null,
  merchant text,
  buyer text,
  seller text,
  phones text[] not null default '{}',
  opened_at timestamptz not null,
  opened_by text not null,
  seq int not null default 0,
  -- The last event that makes an older proposal out of date.
  material_event int not null default 0,
  stage text not null default 'working' constraint dispute_case_stage_known check (stage in ('working', 'proposed', 'decided', 'closed')),
  open boolean generated always as (stage <> 'closed') stored,
  waiting text constraint dispute_case_waits_for_party check (waiting in ('buyer', 'seller')),
  -- Its owner put it aside until then.
  snoozed_until timestamptz,
  -- In which language each party reads; the policy's where nobody set one.
  buyer_language text constraint dispute_case_buyer_language_known check (buyer_language in ('en', 'ar')),
  seller_language text constraint dispute_case_seller_language_known check (seller_language in ('en', 'ar')),
  -- The last event that recorded a reply.
  reply_event int not null default 0,
  -- A payout that did not arrive, or came back after it had.
  trouble text constraint dispute_case_trouble_known check (trouble in ('failed', 'returned')),
  queue text generated always as (case when trouble is not null then trouble when stage = 'closed' then 'closed' when stage = 'decided' then 'unpaid' when stage = 'proposed' then 'proposed'
    when waiting is not null then 'waiting_' || waiting when snoozed_until is not null then 'snoozed' else 'working' end) stored,
  reason text,
  claimed bigint constraint dispute_case_claim_within_order check (claimed > 0 and claimed <= amount),
  owner text,
  lease_until timestamptz,
  clock text constraint dispute_case_clock_known check (clock in ('first_answer', 'buyer_answer', 'seller_answer', 'decision', 'approval', 'payout')),
  due_at timestamptz,
  -- What lists are sorted by: microseconds of the nearest deadline; of closed cases, the latest first.
  rank bigint not null default 253370764800000000,
  level smallint not null default 0,
  escalate_at timestamptz,
  reopened boolean not null default false,
  answered_at timestamptz,
  decided_at timestamptz,
  closed_at timestamptz,
  constraint dispute_case_unique primary key (order_id, number),
  -- Every program can read these: a time outside the calendar would stop the list of all cases.
  constraint dispute_case_times_plausible check (least(opened_at, snoozed_until, lease_until, due_at, escalate_at, answered_at, decided_at, closed_at) >= '1900-01-01Z'
    and greatest(opened_at, snoozed_until, lease_until, due_at, escalate_at, answered_at, decided_at, closed_at) < '9999-01-01Z'),
  constraint dispute_case_lease_has_owner check (lease_until is null or owner is not null)
);
create unique index dispute_case_one_open on dispute_case (order_id) where open;
create index case_urgent on dispute_case (rank, (- amount), order_id, number) where open;
create index case_next on dispute_case (rank, (- amount), order_id, number) where queue = 'working' and owner is null;
create index case_queue on dispute_case (queue, rank, (- amount), order_id, number);
create index case_owner on dispute_case (owner, rank, (- amount), order_id, number) where open and owner is not null;
create index case_held on dispute_case (owner) where queue = 'working' and owner is not null;
create index case_lease on dispute_case (lease_until) where lease_until is not null;
create index case_snoozed on dispute_case (snoozed_until) where snoozed_until is not null;
create index case_escalate on dispute_case (escalate_at) where escalate_at is not null;
create index case_opened on dispute_case (opened_at);
create index case_decided on dispute_case (decided_at) where decided_at is not null;
create index case_closed on dispute_case (closed_at) where closed_at is not null;
create index case_buyer on dispute_case (buyer, opened_at desc);
create index case_seller on dispute_case (seller, opened_at desc);
create index case_merchant on dispute_case (merchant, opened_at desc);
create index case_phones on dispute_case using gin (phones);

-- The history of each case. Its key is the lock: the first to write the next event wins. What people wrote is absent only where it was
-- erased: an event arrives with all of it.
create table case_event (
  order_id text collate "C" not null,
  number int not null,
  seq int not null,
  what text not null,
  party text constraint case_event_party_known check (party in ('buyer', 'seller')),
  -- The owner from now on.
  person text,
  -- Why. Only the team reads it.
  words text,
  reason text,
  claimed bigint,
  -- A line of the checklist, a payout's reference, or a language.
  item text,
  -- Until when a case is put aside.
  until moment,
  clock text constraint case_event_clock_known check (clock in ('first_answer', 'buyer_answer', 'seller_answer', 'decision', 'approval', 'payout')),
  level smallint,
  -- Whom the law says it comes from, if not from the person who recorded it: a party, the provider, or the clock.
  actor text,
  -- Who recorded it; empty if it happened automatically.
  recorder text not null,
  login text not null default session_user,
  at moment not null default clock_timestamp(),
  request_id uuid,
  request_digest bytea,
  epoch int not null default 0,
  xid xid8 not null default pg_current_xact_id(),
  -- From the same sequence as transition.id, so that the feed has one position for both.
  id bigint not null default 0,
  constraint case_event_unique primary key (order_id, number, seq),
  constraint case_event_kind_unique unique (order_id, number, seq, what),
  constraint case_event_case_exists foreign key (order_id, number) references dispute_case (order_id, number),
  constraint case_event_known foreign key (what) references case_rule (event),
  constraint case_event_party_where_needed check ((party is not null) = (what in ('messaged', 'asked', 'answered', 'payout', 'language'))),
  constraint case_event_until_where_snoozed check ((until is not null) = (what = 'snoozed')),
  constraint case_event_language_known check (what <> 'language' or coalesce(item in ('en', 'ar'), false)),
  constraint case_event_has_recorder check (recorder <> '' or coalesce(actor, '') = 'clock'),
  constraint case_event_reason_is_code check (reason ~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,59}$'),
  constraint case_event_says_why check (what not in ('taken', 'handed_over', 'reassigned', 'rejected', 'resumed') or says(words)),
  constraint case_event_words_short check (octet_length(concat(words, item, reason, person)) <= 20100),
  constraint case_event_handed_to_person check (what not in ('handed_over', 'reassigned') or coalesce(btrim(person), '') <> ''),
  constraint case_event_request_has_digest check ((request_id is null) = (request_digest is null) and coalesce(octet_length(request_digest), 0) <= 32)
);
create unique index case_event_request_unique on case_event (order_id, request_id) where request_id is not null;
create index case_feed on case_event (epoch, xid, id);

-- Notes for the team. A note is not a message: no letter and no export contains one.
create table case_note (
  order_id text collate "C" not null,
  number int not null,
  seq int not null,
  what text not null default 'noted' constraint case_note_kind check (what = 'noted'),
  body text constraint case_note_not_empty check (says(body))
    constraint case_note_short check (octet_length(body) <= 20000),
  found tsvector generated always as (to_tsvector('simple', folded(body))) stored,
  constraint case_note_unique primary key (order_id, number, seq),
  constraint case_note_event_exists foreign key (order_id, number, seq, what) references case_event (order_id, number, seq, what)
);
create index case_note_found on case_note using gin (found);
create trigger case_note_has_body before insert on case_note for each row when (new.body is null) execute function has_words('case_note_not_empty');
create trigger case_note_texts after insert on case_note for each row execute function order_texts('n body');

-- What a party was told or said.
create table case_message (
  order_id text collate "C" not null,
  number int not null,
  seq int not null,
  what text not null constraint case_message_kind check (what in ('messaged', 'asked', 'answered')),
  body text constraint case_message_not_empty check (says(body))
    constraint case_message_short check (octet_length(body) <= 20000),
  constraint case_message_unique primary key (order_id, number, seq),
  constraint case_message_event_exists foreign key (order_id, number, seq, what) references case_event (order_id, number, seq, what)
);

create trigger case_message_has_body before insert on case_message for each row when (new.body is null) execute function has_words('case_message_not_empty');
create trigger case_message_texts after insert on case_message for each row execute function order_texts('g body');

-- Attached files, unchanged.
create table case_file (
  order_id text collate "C" not null,
  number int not null,
  seq int not null,
  what text not null default 'attached' constraint case_file_kind check (what = 'attached'),
  name text constraint case_file_has_name check (name <> '' and name !~ '[/\x01-\x1f\x7f]' and octet_length(name) <= 255),
  -- The media type, from the content, never from the name.
  kind text not null constraint case_file_kind_is_media_type check (kind ~ '^[a-z]+/[a-z0-9.+-]{1,80}$'),
  -- A description, such as 1200 x 800 or 3 lines.
  facts text constraint case_file_facts_short check (octet_length(facts) <= 2000),
  size int not null,
  digest bytea,
  content bytea,
  constraint case_file_unique primary key (order_id, number, seq),
  constraint case_file_event_exists foreign key (order_id, number, seq, what) references case_event (order_id, number, seq, what),
  constraint case_file_size_of_content check (size = octet_length(content)),
  constraint case_file_within_limit check (size between 1 and 26214400),
  constraint case_file_digest_of_content check (digest = sha256(content))
);

create trigger case_file_is_whole before insert on case_file for each row when (new.name is null or new.content is null or new.digest is null)
  execute function has_words('case_file_digest_of_content');

-- The clocks of each case. A running clock has a deadline; a paused one has the seconds that were left.
create table case_clock (
  order_id text collate "C" not null,
  number int not null,
  name text not null,
  due_at moment,
  rest bigint,
  ended_at moment,
  primary key (order_id, number, name)
);

-- Texts that a person is writing and has not sent. A draft is deleted when it is sent.
create table case_draft (
  order_id text collate "C" not null,
  number int not null,
  person text not null,
  kind text not null,
  body text not null,
  saved_at moment not null default clock_timestamp(),
  constraint case_draft_unique primary key (order_id, number, person, kind),
  constraint case_draft_case_exists foreign key (order_id, number) references dispute_case (order_id, number)
);

-- How far a person has read the conversation of a case: a later reply is unread.
create table case_read (
  order_id text collate "C" not null,
  number int not null,
  person text not null,
  seq int not null,
  constraint case_read_unique primary key (order_id, number, person),
  constraint case_read_case_exists foreign key (order_id, number) references dispute_case (order_id, number)
);

-- Who has a case open now, and who edits it. A standby shows it, too.
create table case_presence (
  order_id text collate "C" not null,
  number int not null,
  session uuid not null,
  person text not null,
  editing boolean not null,
  seen_at moment not null default clock_timestamp(),
  constraint case_presence_unique primary key (order_id, number, session, person)
);

reset role;
