-- Grants or withdraws one role.
insert into person_change (login, role, granted, changed_by, why) values ($1, $2, $3, $4, $5)
