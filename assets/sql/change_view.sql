-- Keeps a query under a name for everybody, or forgets the name.
insert into view_change (name, query, changed_by) values ($1, $2, $3)
