#!/bin/bash
# redis-server over TCP on loopback, with redis-benchmark.
# packages: redis-server redis-tools
redis-server --port 45200 --save '' --logfile log & server=$!; for i in $(seq 100); do [ "$(redis-cli -p 45200 ping 2>/dev/null)" = PONG ] && break; sleep 0.05; done
redis-cli -p 45200 set k v; redis-cli -p 45200 get k; redis-benchmark -p 45200 -q -n 10000 -c 50 -t set,get,ping_inline | grep -c second; redis-benchmark -p 45200 -q -n 20000 -c 20 -P 16 -d 1000 -t set | grep -c second; head -c 1000000 /dev/zero | tr '\0' x | redis-cli -p 45200 -x set big; redis-cli -p 45200 strlen big; redis-cli -p 45200 get big | md5sum; redis-cli -p 45200 client list | wc -l; redis-server --port 45200 --save '' > second 2>&1; echo $?; grep -c 'already in use' second; kill $server; wait $server; echo $?; redis-cli -p 45200 ping 2>&1
