-- Begins a plan.
insert into plan (title, needs_approval, rate, stop_after, made_by) values ($1, $2, $3, $4, $5) returning number
