-- Says that a process that works by itself ended as it should.
update heartbeat set every = 0, recorder = $2 where worker = $1
