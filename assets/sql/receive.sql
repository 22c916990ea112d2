-- Stores notifications durably, before their sender is answered: this commit waits for the disk whatever the server's default is.
with durable as (select set_config('synchronous_commit', 'on', true))
insert into received (account, provider, line, is_line)
select it.* from durable, unnest($1::text[], $2::text[], $3::bytea[], $4::bool[]) it
