-- The rows of one version of the law.
select provider, from_status, action, actor, to_status, guard, basis from rule where law = $1
