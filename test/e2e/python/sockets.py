#!/usr/bin/python3
# socketserver, http.server, urllib, UDP, Unix sockets with descriptors, options and name look-ups.
# packages: python3
import array, http.server, os, socket, socketserver, struct, threading, urllib.error, urllib.request, xmlrpc.client, xmlrpc.server

class Upper(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile: self.wfile.write(line.upper())
class Server(socketserver.ThreadingTCPServer): allow_reuse_address = True; daemon_threads = True
with Server(("127.0.0.1", 0), Upper) as s:
    threading.Thread(target=s.serve_forever, daemon=True).start()
    def client(n, out):
        with socket.create_connection(s.server_address) as c, c.makefile("rw") as f:
            for i in range(20): f.write(f"c{n} {i}\n"); f.flush(); out.append(f.readline())
    out = []; ts = [threading.Thread(target=client, args=(n, out)) for n in range(10)]; [t.start() for t in ts]; [t.join() for t in ts]; print(len(out), sorted(out)[0])
    s.shutdown()
os.makedirs("www"); open("www/small", "w").write("small\n"); open("www/big", "wb").write(bytes(range(256)) * 8000)
class Quiet(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *a): super().__init__(*a, directory="www")
    def log_message(self, *a): pass
    def do_POST(self):
        n = int(self.headers["Content-Length"]); body = self.rfile.read(n); self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body[::-1])
with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as h:
    threading.Thread(target=h.serve_forever, daemon=True).start(); base = f"http://127.0.0.1:{h.server_address[1]}"
    print(urllib.request.urlopen(base + "/small").read(), len(urllib.request.urlopen(base + "/big").read()), urllib.request.urlopen(base + "/", data=b"abc" * 100000).read()[:6])
    try: urllib.request.urlopen(base + "/none")
    except urllib.error.HTTPError as e: print(e.code)
    h.shutdown()
u, v = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.0.0.1", 0)); v.sendto(b"datagram", u.getsockname()); print(u.recvfrom(100)[0]); u.settimeout(0.1)
try: u.recv(1)
except TimeoutError as e: print(e)
a, b = socket.socketpair(); r, w = os.pipe(); socket.send_fds(a, [b"fd"], [w]); msg, fds, _, _ = socket.recv_fds(b, 10, 2); os.write(fds[0], b"through"); print(msg, os.read(r, 20)); a.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1); print(struct.unpack("3i", a.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1] == os.getuid())
l = socket.create_server(("127.0.0.1", 0)); c = socket.create_connection(l.getsockname()); s, addr = l.accept(); c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1); print(c.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), addr == c.getsockname(), s.getpeername() == addr); c.sendall(b"x" * 10); print(s.recv(100, socket.MSG_PEEK), s.recv(4, socket.MSG_WAITALL)); c.shutdown(socket.SHUT_WR); print(s.recv(100), s.recv(1)); s.close(); c.close()
try: socket.create_connection(("127.0.0.1", 1))
except ConnectionRefusedError as e: print(e)
try: socket.create_server(l.getsockname())
except OSError as e: print(e.errno)
ab = socket.socket(socket.AF_UNIX); ab.bind("\0abstract-name"); ab.listen(); x = socket.socket(socket.AF_UNIX); x.connect("\0abstract-name"); print(ab.accept()[0].getsockname()); print(socket.getaddrinfo("localhost", 80, socket.AF_INET, socket.SOCK_STREAM)[0][4], socket.inet_ntop(socket.AF_INET6, b"\0" * 15 + b"\1"), [n for _, n in socket.if_nameindex() if n == "lo"], len(socket.gethostname()) > 0)
big = b"z" * 5_000_000; a, b = socket.socketpair(); t = threading.Thread(target=lambda: (a.sendall(big), a.close())); t.start(); n = 0
while d := b.recv(65536): n += len(d)
t.join(); print(n); l2 = socket.create_server(("127.0.0.1", 0), reuse_port=True); c = socket.create_connection(l2.getsockname()); s, _ = l2.accept(); s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); s.close()
try: print(c.recv(1))
except ConnectionResetError as e: print(e)
rpc = xmlrpc.server.SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False); rpc.register_function(pow); threading.Thread(target=rpc.handle_request).start(); print(xmlrpc.client.ServerProxy("http://127.0.0.1:%d" % rpc.server_address[1]).pow(2, 10))
