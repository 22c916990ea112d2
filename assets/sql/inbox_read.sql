-- Marks items as read, or all of them.
select inbox_marked($1, $2)
