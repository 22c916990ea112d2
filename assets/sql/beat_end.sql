-- Records that an automatic worker ended normally.
update heartbeat set every = 0, recorder = $2 where worker = $1
