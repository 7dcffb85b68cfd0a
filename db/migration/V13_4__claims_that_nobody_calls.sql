-- claim_polls, which knows of clouds that are slow, took its place.
drop function claim_connections(text, interval, int);
