-- The parts of the schema in this database, and whether each one was made.
select version, success, checksum from _sqlx_migrations order by version
