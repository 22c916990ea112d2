-- Writes a version of the law and its rows, unless it exists.
with version as (insert into law (version, digest) values ($1, $2) on conflict do nothing returning version)
insert into rule (law, provider, from_status, action, actor, to_status, guard, basis)
select version.version, r.* from version,
  unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) as r
