-- The shared views: of each name the newest that was written, unless it took the name away.
select name, query from (select distinct on (name) name, query from view_change order by name, id desc) newest
where query is not null order by name limit 100
