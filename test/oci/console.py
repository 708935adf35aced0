"""What an engine does with --console-socket: takes the terminal that the runtime sends, types, reads.

console.py COMMAND… -- STEP…: COMMAND gets --console-socket before its last word, the id. A step is
"type TEXT" (a line), "key HEX", "size ROWS COLUMNS", "until TEXT" or "end". Prints what appeared.
"""
import array, fcntl, os, select, socket, struct, subprocess, sys, termios, time

LIMIT = 10

def receive_terminal(listener):
    connection, _ = listener.accept()
    _, control, _, _ = connection.recvmsg(4096, socket.CMSG_SPACE(4))
    return array.array("i", control[0][2])[0]

def read_until(fd, text, so_far):
    deadline = time.time() + LIMIT
    while text not in so_far and time.time() < deadline:
        if not select.select([fd], [], [], 0.1)[0]: continue
        try:
            got = os.read(fd, 4096)
        except OSError:
            return so_far, True
        if not got: return so_far, True
        so_far += got
    return so_far, False

def main():
    cut = sys.argv.index("--")
    command, steps = sys.argv[1:cut], sys.argv[cut + 1:]
    path = "console.sock"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(1)
    at = int(os.environ.get("AT", len(command) - 1))
    child = subprocess.Popen(command[:at] + ["--console-socket", path] + command[at:], stdin=subprocess.DEVNULL)
    terminal = receive_terminal(listener)
    print("detached:", child.wait())
    seen = b""
    for step in steps:
        verb, _, rest = step.partition(" ")
        if verb == "type": os.write(terminal, rest.encode() + b"\n")
        if verb == "key": os.write(terminal, bytes.fromhex(rest))
        if verb == "size":
            rows, columns = map(int, rest.split())
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if verb == "until":
            seen, ended = read_until(terminal, rest.encode(), seen)
            before, found, seen = seen.partition(rest.encode())
            print(repr((before + found).decode()))
        if verb == "end":
            seen, ended = read_until(terminal, b"\0never", seen)
            print(repr(seen.decode()), "ended" if ended else "still open")

main()
