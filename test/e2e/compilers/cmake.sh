#!/bin/bash
# cmake configures, builds and tests a C project.
# packages: cmake gcc make libc6-dev
printf 'cmake_minimum_required(VERSION 3.13)\nproject(demo C)\nadd_library(l STATIC l.c)\nadd_executable(demo m.c)\ntarget_link_libraries(demo l)\nenable_testing()\nadd_test(NAME runs COMMAND demo)\ninstall(TARGETS demo)\n' > CMakeLists.txt; echo 'int l(void) { return 42; }' > l.c; printf '#include <stdio.h>\nint l(void);\nint main(void) { printf("%%d\\n", l()); return 0; }\n' > m.c
cmake -S . -B b > log 2>&1; echo $?; tail -n 2 log | sed 's/(.*//;s,/.*,,'; cmake --build b -j2 | grep -c Built; b/demo; (cd b && ctest 2>&1 | grep -c '100% tests passed'); cmake --install b --prefix p | sed 's/: .*//'; p/bin/demo; cmake -E sha256sum l.c
