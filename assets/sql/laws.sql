-- The versions of the law in this database.
select version, digest from law order by version
