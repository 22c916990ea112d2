-- The rows that the schema itself brings: steps of requests, and what only one transaction does at a time.
select 'step of a request', concat_ws(' ', from_state, to_state, by), '' from {schema}.request_step
union all select 'turn', name, '' from {schema}.turn
