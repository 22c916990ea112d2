-- Everyone and their roles.
select login, role, changed_by, changed_at from person order by login, role
