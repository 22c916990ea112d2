-- Records a heartbeat of an automatic worker and the seconds to the next one.
select heart_beats($1, $2, $3, $4, $5)
