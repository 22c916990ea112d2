-- Records that a session no longer looks at a case, and deletes sessions last seen more than a day ago.
delete from case_presence where session = $1 or seen_at < clock_timestamp() - interval '1 day'
