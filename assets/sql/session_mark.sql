-- The mark that a session of this program left, if this is that session.
select current_setting('recourse.mark', true)
