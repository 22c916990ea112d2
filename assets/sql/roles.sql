-- Whether anyone is registered, this person's roles, and the zone of the desk's hours.
select exists (select from person), array(select role from person where login = $1 order by role), policy()->'hours'->>'zone'
