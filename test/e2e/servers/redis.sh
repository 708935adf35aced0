#!/bin/bash
# redis-server under redis-cli and redis-benchmark: data types, persistence, pub/sub and scripts.
# packages: redis-server redis-tools
redis-server --port 0 --unixsocket s --dir . --save '' --appendonly yes --daemonize no --logfile log & server=$!
for i in $(seq 100); do [ "$(redis-cli -s s ping 2>/dev/null)" = PONG ] && break; sleep 0.05; done
r() { redis-cli -s s "$@"; }
r set k v; r get k; r incr n; r incrby n 41; r lpush l a b c; r lrange l 0 -1; r hset h f v g w; r hgetall h | sort; r sadd s 1 2 3; r scard s; r zadd z 1 one 2 two; r zrange z 0 -1 withscores; r setex e 100 x; r ttl e; r eval 'return redis.call("get", KEYS[1]) .. ARGV[1]' 1 k x; seq 5000 | sed 's/.*/set key& &/' | redis-cli -s s --pipe | tail -n 1; r dbsize; redis-cli -s s subscribe ch > got & sub=$!; for i in $(seq 50); do [ "$(r pubsub numsub ch | tail -n 1)" = 1 ] && break; sleep 0.05; done; r publish ch message; for i in $(seq 50); do [ $(wc -l < got) = 6 ] && break; sleep 0.05; done; kill $sub; wait $sub; cat got; r bgsave; for i in $(seq 100); do [ "$(r info persistence | grep -c 'rdb_bgsave_in_progress:0')" = 1 ] && break; sleep 0.05; done; ls dump.rdb; (sleep 0.2; r lpush q late) & r brpop q 5; wait $!; printf 'multi\nset a 1\nincr a\nexec\n' | r; r config get maxclients | head -n 1; r bgrewriteaof > /dev/null; sleep 0.3
redis-benchmark -s s -q -n 5000 -c 20 -t set,get,lpush | grep -c 'requests per second'; redis-benchmark -s s -q -n 5000 -P 16 -t ping | grep -c second
r shutdown; wait $server; echo "server $?"; redis-server --port 0 --unixsocket s --dir . --save '' --appendonly yes --logfile log & server=$!; for i in $(seq 100); do [ "$(redis-cli -s s ping 2>/dev/null)" = PONG ] && break; sleep 0.05; done; r get n; r dbsize; kill -TERM $server; wait $server; echo "server $?"
