-- Whether anyone is registered, and this person's roles.
select exists (select from person), array(select role from person where login = $1 order by role)
