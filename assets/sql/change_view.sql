-- Saves a query under a name for everyone, or removes the name.
insert into view_change (name, query, changed_by) values ($1, $2, $3)
