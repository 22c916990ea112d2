-- How many orders of each merchant have another status here than at the provider.
select merchant, count(*) from drift group by merchant
