#!/bin/bash
# gcc and g++ compile, link and run; ar, ld, strip, objdump and nm look at the results.
# packages: gcc g++ binutils libc6-dev
cat > a.c <<'E'
#include <stdio.h>
#include <pthread.h>
int twice(int);
static void *work(void *p) { *(int *)p = twice(*(int *)p); return 0; }
int main(int argc, char **argv) { int x = argc * 21; pthread_t t; pthread_create(&t, 0, work, &x); pthread_join(t, 0); printf("%d %s\n", x, argv[argc - 1]); return x & 1; }
E
echo 'int twice(int x) { return 2 * x; }' > b.c
gcc -O2 -Wall -pthread a.c b.c -o ab && ./ab arg 1; echo $?
gcc -c -g a.c b.c && ar rcs libb.a b.o && ar t libb.a && gcc a.o -L. -lb -pthread -o static-b && ./static-b; nm libb.a | grep -c twice; ranlib libb.a
gcc -shared -fPIC b.c -o libd.so && gcc a.c -L. -ld -Wl,-rpath,'$ORIGIN' -pthread -o dyn && ./dyn; ldd dyn | grep -c libd; strip ab && ./ab; objdump -d libd.so | grep -c '<twice>:'; readelf -h dyn | grep Type; size b.o | tail -n 1 | awk '{ print $1 }'; strings dyn | grep -c libd.so; gcc -static a.c b.c -pthread -o st && ./st; ld -r a.o b.o -o both.o && gcc both.o -pthread -o viald && ./viald; objcopy -O binary b.o raw && stat -c %s raw; addr2line -e static-b 0 | head -n 1
cat > c.cpp <<'E'
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <map>
#include <regex>
#include <stdexcept>
#include <thread>
#include <vector>
int main() {
  std::vector<int> v(100000); for (size_t i = 0; i < v.size(); i++) v[i] = (i * 7919) % 100003; std::sort(v.begin(), v.end()); std::map<std::string, int> m{{"b", 2}, {"a", 1}}; for (auto &[k, x] : m) std::cout << k << x << ' ';
  try { throw std::runtime_error("thrown"); } catch (std::exception &e) { std::cout << e.what() << ' ' << v.back() << '\n'; }
  std::atomic<int> n{0}; std::vector<std::thread> ts; for (int i = 0; i < 8; i++) ts.emplace_back([&] { for (int j = 0; j < 1000; j++) n++; }); for (auto &t : ts) t.join(); std::cout << n << ' ' << std::async(std::launch::async, [] { return 6 * 7; }).get() << ' ' << std::regex_replace("a1b2", std::regex("[0-9]"), "#") << '\n';
  namespace fs = std::filesystem; fs::create_directories("x/y"); std::ofstream("x/y/f") << "text"; for (auto &e : fs::recursive_directory_iterator("x")) std::cout << e.path() << '\n'; std::cout << fs::file_size("x/y/f") << fs::remove_all("x") << '\n';
}
E
g++ -std=c++17 -O1 c.cpp -o c -pthread && ./c; echo 'int main( { }' | gcc -x c - 2>&1 | grep -c error; echo $?; gcc -E -P - <<< '#define A 5
A+A'; gcc -S -O2 b.c -o - | grep -c ret; echo 'int main() { volatile int *p = 0; return *p; }' | gcc -x c - -o crash && ./crash 2>/dev/null; echo $?; echo 'int main() { __builtin_trap(); }' | gcc -x c - -o ill && ./ill 2>/dev/null; echo $?; echo '#include <stdio.h>
int main() { volatile int z = 0; printf("%d\n", 5 / z); }' | gcc -w -x c - -o fpe && ./fpe 2>/dev/null; echo $?; gcc -fsanitize=undefined -x c - -o ub <<< 'int main(int c, char **v) { volatile int x = 2147483647; return (x + c) > 0; }' 2>/dev/null && ./ub 2>&1 | grep -c overflow
