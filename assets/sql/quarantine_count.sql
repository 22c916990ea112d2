-- How many facts wait for a person, as far as one cares to count.
select count(*) from (select from quarantine where state = 'waiting' limit $1) waiting
