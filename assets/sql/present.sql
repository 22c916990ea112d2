-- Who is looking at a case now, and who is writing in it.
select session, person, editing, seen_at from case_presence where order_id = $1 and number = $2
  and seen_at > clock_timestamp() - interval '20 seconds' order by editing desc, person
