-- The migrations of this database, and whether each one succeeded.
select version, success, checksum from public._sqlx_migrations order by version
