-- An order was read. If it was wanted again meanwhile, it is read once more.
with gone as (delete from reading where order_id = $1 and wanted_at = $2)
update reading set server = null, lease = null, attempts = 0, next_at = clock_timestamp() where order_id = $1 and wanted_at <> $2
