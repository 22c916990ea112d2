-- Says that a session looks at no case any more; and forgets those that ended without saying so.
delete from case_presence where session = $1 or seen_at < clock_timestamp() - interval '1 day'
