-- Who logged in, with which roles; what server it is; and a mark in the session.
select session_user::text as login,
  coalesce(pg_has_role(session_user, (select oid from pg_roles where rolname = 'recourse_writer'), 'usage'), false) as writer,
  coalesce(pg_has_role(session_user, (select oid from pg_roles where rolname = 'recourse_reader'), 'usage'), false) as reader,
  coalesce(pg_has_role(session_user, (select oid from pg_roles where rolname = 'recourse_proxy'), 'usage'), false) as proxy,
  coalesce(pg_has_role(session_user, (select oid from pg_roles where rolname = 'recourse_intake'), 'usage'), false) as intake,
  coalesce(pg_has_role(session_user, (select oid from pg_roles where rolname = 'recourse_masked'), 'usage'), false) as masked,
  (select count(*) = 6 from pg_roles where rolname in ('recourse_owner', 'recourse_writer', 'recourse_reader', 'recourse_proxy', 'recourse_intake', 'recourse_masked')) as roles,
  pg_is_in_recovery() as standby, current_setting('default_transaction_read_only')::bool as refuses,
  current_setting('server_encoding') as encoding, current_setting('session_replication_role') = 'origin' as guarded, set_config('recourse.mark', $1, false) as mark
