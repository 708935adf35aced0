#!/bin/bash
# /dev/tcp speaks to a server on loopback.
# packages: netcat-openbsd
nc -l -N 127.0.0.1 45123 > received < <(echo greeting) & server=$!
for i in $(seq 50); do sleep 0.05; if { exec 3<>/dev/tcp/127.0.0.1/45123; } 2>/dev/null; then break; fi; done
read -r x <&3; echo "client: $x"; echo reply >&3; exec 3>&-; wait $server; echo $?; cat received
(exec 3<>/dev/tcp/127.0.0.1/45124) 2>/dev/null; echo "refused $?"
