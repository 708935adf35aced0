/**
 * Rows of servers: with the client in the same sandbox over its loopback, and with the client outside,
 * over the host's network. The number is the client's: requests in a second. A server runs for long:
 * half as many requests go before those that are counted, on every side.
 */
import { type CommandRow, type Row, type ServedRow, script } from "./row.ts";

const REDIS = ["redis-server", "redis-tools"];
const NGINX = ["nginx-light", "apache2-utils"];
const RATE = { unit: "requests/s", better: "more" } as const;
const FRESH = 'd=$(mktemp -d); chmod 755 $d; trap "rm -rf $d" EXIT; cd $d';

interface Server {
  packages: string[];
  /** Commands of a shell that end with the server itself, in the foreground. */
  start: string[];
  ready: string;
}

const redis: Server = {
  packages: REDIS,
  start: [FRESH, "redis-server --bind 127.0.0.1 --port PORT --save '' --logfile log"],
  ready: "redis-cli -p PORT ping",
};

const nginx: Server = {
  packages: NGINX,
  start: [
    FRESH,
    "echo small > small; head -c 102400 /dev/zero | tr '\\0' n > large; chmod 644 small large",
    `cat > conf <<E
$([ $(id -u) = 0 ] && echo 'user root;')
worker_processes 2; pid $d/pid; error_log $d/err; daemon off; events { worker_connections 256; }
http { access_log off; sendfile on; client_body_temp_path $d/b; proxy_temp_path $d/p;
fastcgi_temp_path $d/f; uwsgi_temp_path $d/u; scgi_temp_path $d/s; keepalive_requests 1000000;
server { listen 127.0.0.1:PORT; root $d; } }
E`,
    "nginx -c $d/conf",
  ],
  ready: "(exec 3<>/dev/tcp/127.0.0.1/PORT)",
};

const node: Server = {
  packages: ["apache2-utils"],
  start: [
    `node -e "require('node:http').createServer((_, answer) => answer.end('small')).listen(PORT, '127.0.0.1')"`,
  ],
  ready: "(exec 3<>/dev/tcp/127.0.0.1/PORT)",
};

const redisBenchmark = (requests: number, options: string) =>
  `redis-benchmark -p PORT --csv -q -n ${requests} -c 20 ${options} | tail -n 1 | cut -d '"' -f 4`;

/** Fails when one request did. */
const ab = (requests: number, path: string, options = "-k") =>
  `ab -q ${options} -n ${requests} -c 10 http://127.0.0.1:PORT/${path} | awk '/^(Failed|Non-2xx)/ { bad += $NF } /^Requests per second/ { print $4 } END { exit bad > 0 }'`;

/** Server and client in one shell; the server is stopped at the end. */
const together = ({ start, ready }: Server, warmUp: string, client: string) =>
  script(
    `(${start.join("\n")}) > /dev/null 2>&1 & server=$!`,
    `for i in {1..200}; do ${ready} > /dev/null 2>&1 && break; sleep 0.05; done`,
    `${warmUp} > /dev/null`,
    `result=$(set -o pipefail; ${client})`,
    "pkill -P $server || kill $server; wait $server || true; echo $result",
  );

function loopback(name: string, server: Server, client: (share: number) => string): CommandRow {
  return {
    ...RATE,
    name,
    group: "servers, client in the same sandbox",
    timed: "inside",
    rounds: 5,
    packages: [...server.packages, "procps"],
    command: together(server, client(0.5), client(1)),
    quick: together(server, client(0.01), client(0.02)),
  };
}

function outside(name: string, server: Server, client: (share: number) => string): ServedRow {
  return {
    ...RATE,
    name,
    group: "servers on the host's network, client outside",
    timed: "served",
    rounds: 5,
    packages: server.packages,
    server: script(...server.start),
    client: script("set -o pipefail", `${client(0.5)} > /dev/null`, client(1)),
    quick: script("set -o pipefail", `${client(0.01)} > /dev/null`, client(0.02)),
  };
}

const clients: [name: string, server: Server, client: (share: number) => string][] = [
  ["redis: SET", redis, (share) => redisBenchmark(20_000 * share, "-t set")],
  [
    "redis: SET, 16 in a pipeline",
    redis,
    (share) => redisBenchmark(200_000 * share, "-t set -P 16"),
  ],
  ["nginx: small file", nginx, (share) => ab(10_000 * share, "small")],
  ["nginx: small file, a connection each", nginx, (share) => ab(5_000 * share, "small", "")],
  ["nginx: 100 KiB file", nginx, (share) => ab(5_000 * share, "large")],
  ["node: http server", node, (share) => ab(10_000 * share, "")],
];

export const serverRows: Row[] = [
  ...clients.map((client) => loopback(...client)),
  ...clients.map((client) => outside(...client)),
];
