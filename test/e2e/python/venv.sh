#!/bin/bash
# venv, compileall, unittest, zipapp and modules of the standard library.
# packages: python3 python3-venv
python3 -m venv --without-pip v; v/bin/python -c 'import sys, os; print(sys.prefix == os.path.abspath("v"), sys.base_prefix)'; . v/bin/activate; command -v python | sed "s,$PWD,.,"
mkdir -p pkg; echo 'def f(): return 42' > pkg/__init__.py; printf 'import unittest, pkg\nclass T(unittest.TestCase):\n  def test(self): self.assertEqual(pkg.f(), 42)\n' > test_it.py; python -m unittest -q 2>&1 | grep -v Ran; python -m compileall -q pkg; ls pkg/__pycache__; mkdir app; echo 'print("zipped")' > app/__main__.py; python -m zipapp app -o app.pyz; python app.pyz
echo 'print(input()[::-1])' | cat > in.py; echo hello | python in.py; python -c 'import sys; sys.exit(300)'; echo $?; python -c 'raise SystemExit("msg")' 2>&1; echo $?; python -c '1/0' 2>&1 | tail -n 1; python -W error -X faulthandler -c 'import os; os.kill(os.getpid(), 11)' 2>&1 | head -n 1; python -c 'import platform, sysconfig, ssl, curses, readline, lzma, bz2, uuid, decimal; print(platform.system(), platform.machine(), decimal.Decimal(1) / 7)'; python -c 'import os, pty; pid, fd = pty.fork()
if pid == 0: os.execvp("sh", ["sh", "-c", "tty | cut -c1-9; stty size; echo from pty"])
data = b""
try:
    while d := os.read(fd, 1000): data += d
except OSError: pass
print(data, os.wait()[1])'; echo 'while True: pass' > loop.py; python loop.py & sleep 0.2; kill $!; wait $! 2>/dev/null; echo $?; python -c 'print("x" * 100000)' | head -c 5; echo; python -m json.tool <<< '{"a":1}'; python -m timeit -n 1 -r 1 pass | cut -c1-6; python -m base64 -e <<< x; python -c 'import this' | wc -l
