#!/bin/bash
# ip sets up the loopback of a network namespace, and programs talk over it.
# packages: iproute2 python3
unshare -n sh -c 'ip -br link; ip link set lo up; ip -br addr'
unshare -n sh -c 'ip link set lo up; python3 -c "
import socket, threading
s = socket.socket(); s.bind((\"127.0.0.1\", 8080)); s.listen()
threading.Thread(target=lambda: s.accept()[0].sendall(b\"hello\")).start()
c = socket.create_connection((\"127.0.0.1\", 8080)); print(c.recv(9).decode())
"'
unshare -Urn ip link set lo up; echo $?
