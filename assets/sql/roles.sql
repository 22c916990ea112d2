-- Whether anybody is registered, and what this person's roles are.
select exists (select from person), array(select role from person where login = $1 order by role)
