-- The shared views: the newest query of each name, unless the name was removed.
select name, query from (select distinct on (name) name, query from view_change order by name, id desc) newest
where query is not null order by name limit 100
