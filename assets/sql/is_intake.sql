-- Whether this session may bring in what others report: its login, and the person that it was told to act as, if that is another one.
select is_intake() and (not $2 or $1 = session_user or not exists (select from person where login = $1)
  or exists (select from pg_roles r where r.rolname = $1 and pg_has_role(r.oid, 'recourse_intake', 'member')))
