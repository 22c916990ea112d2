-- The versions of the law this database holds.
select version, digest from law order by version
