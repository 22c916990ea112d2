-- The tables whose rows are sealed, each with how: its chain's column, its key, the columns with texts of people, those that say nothing.
select c.relname::text, convert_from(replace(encode(g.tgargs, 'escape'), '\000', E'\n')::bytea, 'UTF8')
from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_proc p on p.oid = g.tgfoid
where p.proname = 'sealed' and p.pronamespace = current_schema()::regnamespace and c.relnamespace = p.pronamespace order by 1
