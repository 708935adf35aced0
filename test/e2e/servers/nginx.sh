#!/bin/bash
# nginx with two workers serves small and 100 KiB files to ab and curl, reloads and stops.
# packages: nginx-light apache2-utils curl
mkdir www; echo small > www/small; head -c 102400 /dev/zero | tr '\0' n > www/big; chmod 755 . www
cat > conf <<E
user root; worker_processes 2; pid $PWD/pid; error_log $PWD/err; events { worker_connections 256; }
http { access_log $PWD/acc; sendfile on; gzip on; gzip_types *; client_body_temp_path $PWD/b; proxy_temp_path $PWD/p; fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
server { listen 127.0.0.1:45210; listen unix:$PWD/sock; root $PWD/www; location /proxy/ { proxy_pass http://127.0.0.1:45210/; } location /teapot { return 418; } location /list/ { alias $PWD/www/; autoindex on; } } }
E
nginx -t -c $PWD/conf > /dev/null 2>&1; echo $?; nginx -c $PWD/conf -g 'daemon off;' & server=$!; for i in $(seq 100); do curl -s 127.0.0.1:45210/small > /dev/null && break; sleep 0.05; done
curl -s 127.0.0.1:45210/small; curl -s 127.0.0.1:45210/big | md5sum; curl -s --unix-socket sock http://x/small; curl -s 127.0.0.1:45210/proxy/big | wc -c; curl -s -o /dev/null -w '%{http_code}\n' 127.0.0.1:45210/teapot; curl -s -o /dev/null -w '%{http_code}\n' 127.0.0.1:45210/none; curl -s --compressed 127.0.0.1:45210/big | wc -c; curl -s -r 10-19 127.0.0.1:45210/big; echo; curl -s 127.0.0.1:45210/list/ | grep -c href; curl -sI 127.0.0.1:45210/small | grep -i -E 'content-(length|type)'
ab -q -n 1000 -c 10 http://127.0.0.1:45210/small | grep -E 'Complete|Failed|Non-2xx'; ab -q -k -n 2000 -c 20 http://127.0.0.1:45210/big | grep -E 'Complete|Failed|Keep-Alive|HTML'; kill -HUP $server; sleep 0.5; curl -s 127.0.0.1:45210/small; kill -USR1 $server; mv acc old; sleep 0.2; curl -s 127.0.0.1:45210/small; kill -QUIT $server; wait $server; echo $?; test -s old && echo logged; ls pid 2>/dev/null; curl -s 127.0.0.1:45210/small; echo $?
