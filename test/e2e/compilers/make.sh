#!/bin/bash
# make -j2 builds a small C project, and again only what changed.
# packages: gcc make libc6-dev
mkdir src; for i in $(seq 12); do printf '#include "all.h"\nint f%d(int x) { return x + %d; }\n' $i $i > src/f$i.c; echo "int f$i(int);" >> src/all.h; done
{ echo '#include <stdio.h>'; echo '#include "all.h"'; echo 'int main(void) { int s = 0;'; for i in $(seq 12); do echo "s += f$i(s);"; done; echo 'printf("%d\n", s); return 0; }'; } > src/main.c
cat > Makefile <<'E'
SRC := $(wildcard src/*.c)
OBJ := $(patsubst src/%.c,out/%.o,$(SRC))
CFLAGS := -O1 -MMD -MP
app: out/lib.a out/main.o ; $(CC) out/main.o out/lib.a -o $@
out/lib.a: $(filter-out out/main.o,$(OBJ)) ; $(AR) rcs $@ $?
out/%.o: src/%.c | out ; $(CC) $(CFLAGS) -c $< -o $@
out: ; mkdir -p $@
sub: ; $(MAKE) -C subdir
.PHONY: fail sub clean
fail: ; @false
clean: ; rm -rf out app
-include $(OBJ:.o=.d)
E
make -s -j2; ./app; make -q; echo $?; touch src/f3.c; make -n | sort; make -s -j2; ./app; touch src/all.h; make -j2 -s | wc -l; make -q; echo $?; make -s fail 2>/dev/null; echo $?; mkdir subdir; printf 'all: a b c\na b c: ; @sleep 0.1; echo $@ >> log\n' > subdir/Makefile; make -s -j3 sub; sort subdir/log; make -s -j4 --output-sync=target -C subdir | wc -l; make -s clean; ls; make -f /nonexistent 2>/dev/null; echo $?; printf 'x: ; @echo $(shell echo shelled) $(words a b c)\n' | make -s -f -
