-- What was migrated here, and whether it went through.
select version, success, checksum from public._sqlx_migrations order by version
