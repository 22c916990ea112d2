-- How many items a person has not read, counted up to a limit.
select count(*) from (select from inbox where person = $1 and read_at is null limit $2) unread
