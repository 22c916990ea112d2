-- Returns untouched cases to the queue and records which clocks ran out.
select case_sweep($1)
